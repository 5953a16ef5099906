package io.mooring.agentk.remotedevelopment;

import io.grpc.StatusException;
import io.mooring.agentk.remotedevelopment.GitLabModule.Answer;
import io.mooring.apply.cluster.ApiException;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.object.Json;
import io.mooring.apply.object.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * The reports between two full syncs: tells GitLab what changed and does what GitLab answers. Of
 * one thread.
 */
final class Reconciler {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
  private static final String PATH = "/reconcile";
  private static final int CREATED = 201;
  private static final String TERMINATED = "Terminated";
  private static final String TERMINATING = "Terminating";

  private final GitLabModule gitlab;
  private final KubernetesApi api;
  private final Deployments deployments;
  private final WorkspaceApplier applier;
  private final Map<String, Workspace> workspaces = new HashMap<>();
  private boolean full = true;

  Reconciler(
      GitLabModule gitlab, KubernetesApi api, Deployments deployments, WorkspaceApplier applier) {
    this.gitlab = gitlab;
    this.api = api;
    this.deployments = deployments;
    this.applier = applier;
  }

  /** One report; the first that GitLab takes is a full one. Returns whether GitLab took it. */
  boolean cycle() throws InterruptedException {
    try {
      Answer answer = gitlab.post(PATH, Json.write(report()));
      if (answer.status() != CREATED) {
        LOG.atWarn()
            .addKeyValue("status", answer.status())
            .log("GitLab does not take reports of workspaces (expected: status 201)");
        return false;
      }
      List<JsonObject> wanted =
          Json.read(answer.body().toByteArray()).objects("workspace_rails_infos");
      workspaces.values().forEach(Workspace::reported);
      full = false;
      for (JsonObject info : wanted) {
        take(info);
      }
      return true;
    } catch (StatusException | IOException | JacksonException e) {
      LOG.atWarn().setCause(e).log("Workspaces cannot be reported, will try again");
      return false;
    }
  }

  private JsonObject report() {
    Map<String, JsonObject> current = new LinkedHashMap<>();
    deployments.all().forEach(object -> current.put(object.text("metadata", "name"), object));
    current.forEach((name, object) ->
        workspaces
            .computeIfAbsent(name, ignored -> new Workspace(name, ""))
            .namespace(object.text("metadata", "namespace")));
    Set<String> names = new TreeSet<>(workspaces.keySet());
    List<Object> infos = new ArrayList<>();
    for (String name : names) {
      Workspace workspace = workspaces.get(name);
      if (workspace != null) {
        workspace
            .report(Optional.ofNullable(current.get(name)))
            .ifPresent(info -> infos.add(info.members()));
      }
    }
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("update_type", full ? "full" : "partial");
    members.put("workspace_agent_infos", infos);
    return new JsonObject(members);
  }

  private void take(JsonObject info) throws InterruptedException {
    String name = info.text("name");
    String namespace = info.text("namespace");
    if (name.isEmpty() || namespace.isEmpty()) {
      LOG.atWarn()
          .addKeyValue("name", name)
          .addKeyValue("namespace", namespace)
          .log("GitLab names a workspace without name or namespace, it is passed over");
      return;
    }
    Workspace workspace =
        workspaces.computeIfAbsent(name, ignored -> new Workspace(name, namespace));
    workspace.namespace(namespace);
    String version = info.text("deployment_resource_version");
    if (!version.isEmpty()) {
      workspace.acknowledge(version);
    }
    try {
      if (info.text("desired_state").equals(TERMINATED)) {
        terminate(workspace, info.text("actual_state"));
      } else {
        workspace.progress("");
        String config = info.text("config_to_apply");
        ensureNamespace(namespace);
        if (!config.isEmpty()) {
          applier.submit(workspace, config);
        }
      }
    } catch (ApiException e) {
      LOG.atWarn()
          .addKeyValue("namespace", namespace)
          .addKeyValue("name", name)
          .addKeyValue("error", e.getMessage())
          .log("Workspace cannot be made as GitLab wants it");
      workspace.failed(String.valueOf(e.getMessage()));
    }
  }

  private void terminate(Workspace workspace, String actual)
      throws ApiException, InterruptedException {
    if (actual.equals(TERMINATED)) {
      workspaces.remove(workspace.name());
      return;
    }
    Optional<JsonObject> namespace = api.find(path(workspace.namespace()));
    if (namespace.isEmpty()) {
      workspace.progress(TERMINATED);
      return;
    }
    workspace.progress(TERMINATING);
    if (namespace.get().text("metadata", "deletionTimestamp").isEmpty()) {
      try {
        var _ = api.delete(path(workspace.namespace()), JsonObject.EMPTY);
        LOG.atInfo()
            .addKeyValue("namespace", workspace.namespace())
            .addKeyValue("name", workspace.name())
            .log("Deleting a workspace");
      } catch (ApiException e) {
        if (!e.isNotFound()) {
          throw e;
        }
      }
    }
  }

  private void ensureNamespace(String name) throws ApiException, InterruptedException {
    if (api.find(path(name)).isEmpty()) {
      var _ =
          api.post(
              "/api/v1/namespaces",
              new JsonObject(
                  Map.of(
                      "apiVersion", "v1", "kind", "Namespace", "metadata", Map.of("name", name))));
    }
  }

  private static String path(String namespace) {
    return "/api/v1/namespaces/" + io.mooring.apply.cluster.ResourceType.encode(namespace);
  }
}
