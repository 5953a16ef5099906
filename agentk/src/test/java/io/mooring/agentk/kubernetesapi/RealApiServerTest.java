package io.mooring.agentk.kubernetesapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.wire.kubernetesapi.rpc.ExtraKeyVal;
import io.mooring.wire.kubernetesapi.rpc.HeaderExtra;
import io.mooring.wire.kubernetesapi.rpc.ImpersonationConfig;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@RealKubernetes
class RealApiServerTest {
  @Test
  @Tag("wire-73")
  void createsReadsAndDeletes(TestNamespace namespace) throws Exception {
    String configMaps = "/api/v1/namespaces/" + namespace.name() + "/configmaps";
    String object = "{\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\"grün\"}}";
    ByteString body = ByteString.copyFromUtf8(object);
    try (var proxy = proxy(namespace)) {
      var created =
          proxy
              .call(
                  HttpCall.Head.post(configMaps, body.size())
                      .with("Content-Type", "application/json"))
              .data(body)
              .end()
              .answer();
      var read = proxy.get(configMaps + "/a");
      var deleted =
          proxy.call(HttpCall.Head.get(configMaps + "/a").withMethod("DELETE")).end().answer();
      var gone = proxy.get(configMaps + "/a");

      assertThat(created.status()).isEqualTo(201);
      assertThat(read.status()).isEqualTo(200);
      assertThat(
              JsonParser.parseString(read.text())
                  .getAsJsonObject()
                  .getAsJsonObject("data")
                  .get("k")
                  .getAsString())
          .isEqualTo("grün");
      assertThat(deleted.status()).isEqualTo(200);
      assertThat(gone.status()).isEqualTo(404);
      assertThat(gone.code()).isEqualTo(Status.Code.OK);
    }
  }

  @Test
  void deliversAWatchEventWhenItHappensAndEndsTheWatchWhenNobodyWantsIt(TestNamespace namespace)
      throws Exception {
    try (var proxy = proxy(namespace)) {
      var watch =
          proxy
              .call(
                  HttpCall.Head.get("/api/v1/namespaces/" + namespace.name() + "/configmaps")
                      .withQuery("watch=true&fieldSelector=metadata.name%3Dseen"))
              .end();
      assertThat(watch.next().getHeader().getResponse().getStatusCode()).isEqualTo(200);

      namespace.kubectl("create", "configmap", "seen");

      assertThat(watch.next().getData().getData().toStringUtf8())
          .contains("\"type\":\"ADDED\"")
          .contains("\"name\":\"seen\"");
      watch.call.cancel();
      org.awaitility.Awaitility.await()
          .atMost(io.mooring.agentk.Times.SOON)
          .untilAsserted(
              () -> assertThat(proxy.outcomes).containsExactly(RequestOutcome.CANCELLED));
    }
  }

  @Test
  @Tag("fault-12")
  void actsAsWhomKasSaysAndTheClustersRulesHold(TestNamespace namespace) throws Exception {
    String path = "/api/v1/namespaces/" + namespace.name() + "/configmaps";
    var alice =
        Any.pack(
            HeaderExtra.newBuilder()
                .setImpConfig(
                    ImpersonationConfig.newBuilder()
                        .setUsername("gitlab:ci_job:7")
                        .addGroups("gitlab:ci_job")
                        .addExtra(
                            ExtraKeyVal.newBuilder().setKey("agent.gitlab.com/id").addVal("4")))
                .build());
    try (var proxy = proxy(namespace)) {
      var refused = proxy.call(HttpCall.Head.get(path).withExtra(alice)).end().answer();
      namespace.kubectl(
          "create", "rolebinding", "jobs", "--clusterrole=view", "--group=gitlab:ci_job");
      // The API server takes a moment to see a new binding.
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() ->
              proxy.call(HttpCall.Head.get(path).withExtra(alice)).end().answer().status() == 200);
      var hidden =
          proxy
              .call(
                  HttpCall.Head.get(path)
                      .withExtra(alice)
                      .with("Connection", "Impersonate-User, Impersonate-Group, close"))
              .end()
              .answer();
      var allowed = proxy.call(HttpCall.Head.get(path).withExtra(alice)).end().answer();
      var secrets =
          proxy
              .call(
                  HttpCall.Head.get("/api/v1/namespaces/" + namespace.name() + "/secrets")
                      .withExtra(alice)
                      .with("Connection", "Impersonate-User, Impersonate-Group"))
              .end()
              .answer();

      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.text()).contains("gitlab:ci_job:7");
      assertThat(allowed.status()).isEqualTo(200);
      assertThat(hidden.status()).isEqualTo(200);
      assertThat(secrets.status()).isEqualTo(403);
      assertThat(secrets.text()).contains("gitlab:ci_job:7");
    }
  }

  @Test
  @Tag("fault-45")
  void carriesAListOfManyMegabytes(TestNamespace namespace) throws Exception {
    String path = "/api/v1/namespaces/" + namespace.name() + "/configmaps";
    String value = "x".repeat(500_000);
    try (var proxy = proxy(namespace)) {
      for (int i = 0; i < 12; i++) {
        String object =
            "{\"metadata\":{\"name\":\"big-" + i + "\"},\"data\":{\"k\":\"" + value + "\"}}";
        var created =
            proxy
                .call(HttpCall.Head.post(path, -1).with("Content-Type", "application/json"))
                .data(ByteString.copyFromUtf8(object))
                .end()
                .answer();
        assertThat(created.status()).isEqualTo(201);
      }

      var list = proxy.get(path);

      assertThat(list.body().size()).isGreaterThan(6_000_000);
      assertThat(
              JsonParser.parseString(list.text())
                  .getAsJsonObject()
                  .getAsJsonArray("items")
                  .asList())
          .hasSizeGreaterThanOrEqualTo(12);
    }
  }

  @Test
  void endsAWatchThatTheServerEnds(TestNamespace namespace) throws Exception {
    try (var proxy = proxy(namespace)) {
      var answer =
          proxy
              .call(
                  HttpCall.Head.get("/api/v1/namespaces/" + namespace.name() + "/configmaps")
                      .withQuery("watch=true&timeoutSeconds=1"))
              .end()
              .answer();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.code()).isEqualTo(Status.Code.OK);
    }
  }

  private static ProxyFixture proxy(TestNamespace namespace) throws IOException {
    return new ProxyFixture(namespace.apiServer().kubeconfig());
  }
}
