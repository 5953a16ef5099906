package io.mooring.gitlab.web;

import io.mooring.testkit.kubernetes.ApiServer;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** What runs in the cluster of the sample's agent. No node runs it; the states are written down. */
final class SampleCluster {
  private static final String NAMESPACE = "shop";
  private static final String JSON_PATCH = "application/merge-patch+json";

  private SampleCluster() {}

  static void make(ApiServer cluster) {
    cluster.kubectl().run("create", "namespace", NAMESPACE);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> cluster.get("/api/v1/namespaces/shop/serviceaccounts/default").isSuccess());
    pod(cluster, "web-6c9f7d5b8-4kq2x", "web", 3);
    pod(cluster, "web-6c9f7d5b8-h7vnd", "web", 0);
    pod(cluster, "web-6c9f7d5b8-zx8jl", "web", 0);
    pod(cluster, "database-0", "database", 0);
    pod(cluster, "database-1", "database", 0);
    pod(cluster, "mailer-7d4b9c6f5-9ltwp", "mailer", 11);
    for (String well : List.of("web-6c9f7d5b8-4kq2x", "web-6c9f7d5b8-h7vnd", "database-0")) {
      status(cluster, well, "Running", well.startsWith("web-6c9f7d5b8-4") ? 3 : 0, true);
    }
    status(cluster, "web-6c9f7d5b8-zx8jl", "Running", 0, true);
    waiting(cluster, "mailer-7d4b9c6f5-9ltwp", "CrashLoopBackOff", 11);
    waiting(cluster, "database-1", "ContainerCreating", 0);
    event(cluster, "web-6c9f7d5b8-4kq2x", "Normal", "Pulled", "Container image is already here", 1);
    event(
        cluster,
        "web-6c9f7d5b8-4kq2x",
        "Warning",
        "Unhealthy",
        "Readiness probe failed: HTTP probe answered 503",
        4);
    event(cluster, "web-6c9f7d5b8-4kq2x", "Normal", "Started", "Started container web", 4);
    grant(cluster);
  }

  static void grant(ApiServer cluster) {
    cluster
        .kubectl()
        .run("create", "clusterrolebinding", "look", "--clusterrole=view", "--group=gitlab:user");
  }

  /** Lines of the log of a container. */
  static String[] log() {
    return new String[] {
      "2026-11-30T09:14:02.113Z INFO  listening on 0.0.0.0:8080",
      "2026-11-30T09:14:02.480Z INFO  connected to database-0.database.shop",
      "2026-11-30T09:14:07.902Z INFO  GET / 200 in 14 ms",
      "2026-11-30T09:14:09.331Z INFO  GET /cart 200 in 22 ms",
      "2026-11-30T09:14:11.007Z WARN  GET /recommendations 503 in 2,000 ms, shown without them",
      "2026-11-30T09:14:12.658Z INFO  POST /cart/items 201 in 31 ms"
    };
  }

  private static void pod(ApiServer cluster, String name, String app, int restarts) {
    create(
        cluster,
        "/api/v1/namespaces/shop/pods",
        """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","labels":{"app":"%s","tier":"%s"}},
         "spec":{"containers":[{"name":"%s","image":"registry.example/shop/%s:2.4.1"},
                               {"name":"proxy","image":"registry.example/proxy:1.9"}]}}\
        """
            .formatted(name, app, restarts > 5 ? "back" : "front", app, app));
  }

  private static void status(
      ApiServer cluster, String name, String phase, int restarts, boolean ready) {
    String container = name.startsWith("web") ? "web" : "database";
    patch(
        cluster,
        name,
        """
        {"status":{"phase":"%s","podIP":"10.42.0.17","conditions":[
          {"type":"Initialized","status":"True","lastTransitionTime":"2026-11-30T08:00:00Z"},
          {"type":"Ready","status":"True","lastTransitionTime":"2026-11-30T08:00:09Z"}],
         "containerStatuses":[
          {"name":"%s","ready":%s,"restartCount":%d,"image":"i","imageID":"i","state":{"running":{"startedAt":"2026-11-30T08:00:00Z"}}},
          {"name":"proxy","ready":true,"restartCount":0,"image":"i","imageID":"i","state":{"running":{"startedAt":"2026-11-30T08:00:00Z"}}}]}}\
        """
            .formatted(phase, container, ready, restarts));
  }

  private static void waiting(ApiServer cluster, String name, String reason, int restarts) {
    String container = name.replaceFirst("-.*", "");
    patch(
        cluster,
        name,
        """
        {"status":{"phase":"Pending","containerStatuses":[
          {"name":"%s","ready":false,"restartCount":%d,"image":"i","imageID":"i","state":{"waiting":{"reason":"%s"}}},
          {"name":"proxy","ready":false,"restartCount":0,"image":"i","imageID":"i","state":{"waiting":{"reason":"%s"}}}]}}\
        """
            .formatted(container, restarts, reason, reason));
  }

  private static void event(
      ApiServer cluster, String pod, String type, String reason, String message, int count) {
    String uid =
        cluster
            .get("/api/v1/namespaces/shop/pods/" + pod)
            .json()
            .getAsJsonObject("metadata")
            .get("uid")
            .getAsString();
    create(
        cluster,
        "/api/v1/namespaces/shop/events",
        """
        {"apiVersion":"v1","kind":"Event","metadata":{"name":"%s.%s"},"type":"%s","reason":"%s","message":"%s","count":%d,
         "lastTimestamp":"%s","involvedObject":{"kind":"Pod","namespace":"shop","name":"%s","uid":"%s"}}\
        """
            .formatted(
                pod,
                Integer.toHexString(reason.hashCode()),
                type,
                reason,
                message,
                count,
                java.time.InstantSource.system().instant(),
                pod,
                uid));
  }

  private static void create(ApiServer cluster, String path, String json) {
    require(path, cluster.post(path, json));
  }

  private static void patch(ApiServer cluster, String pod, String json) {
    String path = "/api/v1/namespaces/shop/pods/" + pod + "/status";
    require(path, cluster.send("PATCH", path, JSON_PATCH, json));
  }

  private static void require(String path, io.mooring.testkit.kubernetes.ApiResponse response) {
    if (!response.isSuccess()) {
      throw new IllegalStateException(path + ": " + response);
    }
  }
}
