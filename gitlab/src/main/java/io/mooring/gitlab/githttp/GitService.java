package io.mooring.gitlab.githttp;

import io.mooring.gitlab.identity.Scope;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** The two things git does over HTTP. */
enum GitService {
  /** Clone and fetch. */
  UPLOAD_PACK("git-upload-pack"),
  /** Push. */
  RECEIVE_PACK("git-receive-pack");

  private final String text;

  GitService(String text) {
    this.text = text;
  }

  static Optional<GitService> named(String text) {
    return Arrays.stream(values()).filter(service -> service.text.equals(text)).findFirst();
  }

  /** Git's name for it. */
  String text() {
    return text;
  }

  /** Scopes of a token of which one is needed. */
  Set<Scope> scopes() {
    return switch (this) {
      case UPLOAD_PACK -> Set.of(Scope.API, Scope.READ_REPOSITORY, Scope.WRITE_REPOSITORY);
      case RECEIVE_PACK -> Set.of(Scope.API, Scope.WRITE_REPOSITORY);
    };
  }
}
