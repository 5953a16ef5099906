package io.mooring.gitlab.connection;

import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentAccess;
import io.mooring.gitlab.gitaly.GitalyStorages;
import io.mooring.gitlab.gitaly.RepositoryCoordinates;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.kas.KasClient;
import io.mooring.gitlab.project.Project;
import io.mooring.protocol.secret.Secret;
import io.mooring.wire.entity.GitalyInfo;
import io.mooring.wire.entity.GitalyRepository;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers of kas over REST: additions to GitLab's API, which has them in GraphQL only. */
@RestController
@RequestMapping("/api/v4/projects/{id}")
class ConnectionController {
  private static final Logger log = LoggerFactory.getLogger(ConnectionController.class);

  private final AgentAccess access;
  private final KasClient kas;
  private final GitalyStorages storages;

  ConnectionController(AgentAccess access, KasClient kas, GitalyStorages storages) {
    this.access = access;
    this.kas = kas;
    this.storages = storages;
  }

  @GetMapping("/cluster_agents/{agentId}/connections")
  List<KasClient.Connection> connections(
      Caller caller, @PathVariable String id, @PathVariable long agentId) {
    Agent agent = access.manage(caller, id, agentId);
    return ask(() -> kas.connections(agent.id()));
  }

  @GetMapping("/cluster_agent_configurations")
  List<KasClient.ConfigurationFile> configurations(Caller caller, @PathVariable String id) {
    Project project = access.manage(caller, id);
    RepositoryCoordinates repository = project.repository();
    GitalyInfo gitaly =
        GitalyInfo.newBuilder()
            .setAddress(storages.address(project.storageName()))
            .setToken(storages.token(project.storageName()).map(Secret::text).orElse(""))
            .putAllFeatures(storages.features())
            .build();
    return ask(() ->
        kas.configurationFiles(
            gitaly,
            GitalyRepository.newBuilder()
                .setStorageName(repository.storageName())
                .setRelativePath(repository.relativePath())
                .setGlRepository(repository.glRepository())
                .setGlProjectPath(repository.glProjectPath())
                .build(),
            project.defaultBranch()));
  }

  private <T> List<T> ask(Supplier<List<T>> question) {
    if (!kas.isEnabled()) {
      throw ApiException.message(HttpStatus.NOT_FOUND, "404 GitLab KAS is not enabled");
    }
    try {
      return question.get();
    } catch (StatusRuntimeException e) {
      log.atWarn().addKeyValue("grpc_code", e.getStatus().getCode()).setCause(e).log("kas failed");
      throw ApiException.message(
          HttpStatus.SERVICE_UNAVAILABLE,
          "503 kas answers " + e.getStatus().getCode() + " (expected: kas at kas.internal_url)");
    }
  }
}
