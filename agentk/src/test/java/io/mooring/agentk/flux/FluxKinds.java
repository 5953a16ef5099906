package io.mooring.agentk.flux;

import static org.awaitility.Awaitility.await;

import io.mooring.testkit.kubernetes.ApiResponse;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.TestNamespace;
import java.time.Duration;
import java.util.List;

/** The kinds of Flux in a test's cluster, without Flux: a test plays its controllers. */
public final class FluxKinds {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String DEFINITIONS =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

  private static final List<Kind> KINDS =
      List.of(
          new Kind("source.toolkit.fluxcd.io", "gitrepositories", "gitrepository", "GitRepository"),
          new Kind("notification.toolkit.fluxcd.io", "receivers", "receiver", "Receiver"));

  private FluxKinds() {}

  private record Kind(String group, String plural, String singular, String kind) {
    String name() {
      return plural + "." + group;
    }

    String definition(String label) {
      return """
      {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
       "metadata": {"name": "%s", "labels": {"%s": "%s"}},
       "spec": {"group": "%s", "scope": "Namespaced",
         "names": {"plural": "%s", "singular": "%s", "kind": "%s", "listKind": "%sList"},
         "versions": [{"name": "v1", "served": true, "storage": true,
           "subresources": {"status": {}},
           "schema": {"openAPIV3Schema": {"type": "object", "properties": {
             "spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
             "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}}]}}
      """
          .formatted(name(), TestNamespace.LABEL, label, group, plural, singular, kind, kind);
    }
  }

  /** Makes the kinds, unless they are there, and waits until they are served. */
  public static void install(TestNamespace namespace) {
    ApiServer server = namespace.apiServer();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> {
          for (Kind kind : KINDS) {
            if (!server.get(DEFINITIONS + "/" + kind.name()).isSuccess()) {
              server.post(DEFINITIONS, kind.definition(namespace.name()));
            }
          }
          return KINDS.stream().allMatch(kind -> isServed(server, kind));
        });
  }

  /** Deletes the kinds with all their objects, and waits until they are gone. */
  public static void remove(TestNamespace namespace) {
    ApiServer server = namespace.apiServer();
    KINDS.forEach(kind -> server.delete(DEFINITIONS + "/" + kind.name()));
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() ->
            KINDS.stream()
                .noneMatch(kind ->
                    server.get(DEFINITIONS + "/" + kind.name()).isSuccess()
                        || server
                            .get("/apis/" + kind.group() + "/v1/" + kind.plural())
                            .isSuccess()));
  }

  private static boolean isServed(ApiServer server, Kind kind) {
    ApiResponse definition = server.get(DEFINITIONS + "/" + kind.name());
    return definition.isSuccess()
        && !definition.json().getAsJsonObject("metadata").has("deletionTimestamp")
        && server.get("/apis/" + kind.group() + "/v1").toString().contains(kind.plural())
        && server.get("/apis/" + kind.group() + "/v1/" + kind.plural()).isSuccess();
  }

  /** A GitRepository as a person makes it. */
  public static void repository(TestNamespace namespace, String name, String url) {
    create(
        namespace,
        "/apis/source.toolkit.fluxcd.io/v1/namespaces/" + namespace.name() + "/gitrepositories",
        """
        {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
         "metadata": {"name": "%s"}, "spec": {"interval": "1m", "url": "%s"}}
        """
            .formatted(name, url));
  }

  /** Makes an object of any kind. */
  static void create(TestNamespace namespace, String path, String json) {
    ApiResponse answer = namespace.apiServer().post(path, json);
    if (!answer.isSuccess()) {
      throw new AssertionError(answer.toString());
    }
  }

  /** What Flux does to a Receiver when it has seen it. */
  public static void offerWebhook(TestNamespace namespace, String receiver, String path) {
    ApiResponse answer =
        namespace
            .apiServer()
            .send(
                "PATCH",
                "/apis/notification.toolkit.fluxcd.io/v1/namespaces/"
                    + namespace.name()
                    + "/receivers/"
                    + receiver
                    + "/status",
                "application/merge-patch+json",
                "{\"status\":{\"webhookPath\":\"" + path + "\"}}");
    if (!answer.isSuccess()) {
      throw new AssertionError(answer.toString());
    }
  }
}
