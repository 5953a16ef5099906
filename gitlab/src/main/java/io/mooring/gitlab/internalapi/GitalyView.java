package io.mooring.gitlab.internalapi;

import io.mooring.gitlab.gitaly.GitalyStorages;
import io.mooring.gitlab.gitaly.RepositoryCoordinates;
import io.mooring.gitlab.project.Project;
import io.mooring.protocol.secret.Secret;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How kas reaches the Git server and the repository of a project (gitlab-side.md 1.6). */
record GitalyView(Server gitalyInfo, Repository gitalyRepository) {
  /** The Git server. The token is meant to be read by kas: the answer goes to nobody else. */
  record Server(String address, @Nullable String token, Map<String, String> features) {
    @Override
    public String toString() {
      return address;
    }
  }

  /** The repository. */
  record Repository(
      String storageName, String relativePath, String glRepository, String glProjectPath) {}

  static GitalyView of(Project project, GitalyStorages storages) {
    RepositoryCoordinates repository = project.repository();
    String storage = project.storageName();
    return new GitalyView(
        new Server(
            storages.address(storage),
            storages.token(storage).map(Secret::text).orElse(null),
            storages.features()),
        new Repository(
            repository.storageName(),
            repository.relativePath(),
            repository.glRepository(),
            repository.glProjectPath()));
  }
}
