package io.mooring.kas.kubernetesapi;

import static io.mooring.kas.kubernetesapi.ProxyFixture.AUTHORIZED;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.kas.kubernetesapi.RawClient.Response;
import io.mooring.wire.prototool.HttpRequest;
import io.mooring.wire.prototool.Values;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which headers travel, in which direction, and what browsers are told. */
class HeaderRulesTest {
  private ProxyFixture proxy;

  @BeforeEach
  void start() {
    proxy = ProxyFixture.start();
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  private HttpRequest forwarded(String target, String... headers) throws Exception {
    try (RawClient client = proxy.connect()) {
      client.get(target, headers);
      ScriptedAgent.Call call = proxy.agent.next();
      HttpRequest request = call.head().getRequest();
      call.answer(200, Map.of(), "");
      assertThat(client.response().status()).isEqualTo(200);
      return request;
    }
  }

  private Response answered(int status, Map<String, Values> headers) throws Exception {
    try (RawClient client = proxy.connect()) {
      client.get("/api", AUTHORIZED);
      proxy.agent.next().rawHead(status, headers).trailer();
      return client.response();
    }
  }

  private static Values values(String... values) {
    return Values.newBuilder().addAllValue(List.of(values)).build();
  }

  @Test
  @Tag("wire-70")
  @Tag("fault-14")
  void whatIsForKasAloneDoesNotReachTheCluster() throws Exception {
    HttpRequest request =
        forwarded(
            "/api?gitlab-agent-id=5&a=1&gitlab-csrf-token=x&a=2&b=%20",
            AUTHORIZED, "cookie: _gitlab_kas=canary", "gitlab-agent-id: 5", "x-CSRF-token: canary");

    assertThat(request.getHeaderMap())
        .doesNotContainKeys("Authorization", "Cookie", "Gitlab-Agent-Id", "X-Csrf-Token", "Host");
    assertThat(request.toString()).doesNotContain("canary", "job-token");
    assertThat(request.getQueryMap()).containsOnlyKeys("a", "b");
    assertThat(request.getQueryOrThrow("a").getValueList()).containsExactly("1", "2");
    assertThat(request.getQueryOrThrow("b").getValueList()).containsExactly(" ");
  }

  @Test
  @Tag("wire-69")
  @Tag("wire-71")
  void namesBecomeCanonicalAndImpersonationTravelsToBeJudgedByAgentk() throws Exception {
    proxy.access.impersonate("gitlab:user:jane");

    HttpRequest request =
        forwarded(
            "/api", AUTHORIZED, "impersonate-user: eve", "IMPERSONATE-GROUP: a", "accept: */*");

    assertThat(request.getHeaderMap())
        .containsKeys("Impersonate-User", "Impersonate-Group", "Accept");
    assertThat(request.getHeaderMap()).doesNotContainKeys("impersonate-user", "accept");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Impersonate_User: eve",
        "impersonate_group: system:masters",
        "IMPERSONATE-Extra_a: b",
        "Impersonate_Uid: 1"
      })
  @Tag("fault-11")
  void spellingsThatServersFoldAreRefused(String header) throws Exception {
    try (RawClient client = proxy.connect()) {
      Response response = client.get("/api", AUTHORIZED, header).response();

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).contains("looks like one for impersonation");
      assertThat(proxy.agent.isIdle()).isTrue();
    }
  }

  @Test
  @Tag("fault-12")
  void whatConnectionNamesGoesAndTheIdentityStays() throws Exception {
    proxy.access.impersonate("gitlab:user:jane");
    try (RawClient client = proxy.connect()) {
      client.get(
          "/api",
          AUTHORIZED,
          "Connection: Impersonate-User, Authorization, Via, X-Secret",
          "X-Secret: a",
          "Te: trailers");

      var head = proxy.agent.next().head();

      assertThat(head.getRequest().getHeaderMap()).containsOnlyKeys("Via");
      assertThat(head.getExtra().getValue().toStringUtf8()).contains("gitlab:user:jane");
    }
  }

  @Test
  @Tag("fault-13")
  void claimsOfProxiesAreNotTakenFromClients() throws Exception {
    HttpRequest request =
        forwarded(
            "/api",
            AUTHORIZED,
            "X-Remote-User: admin",
            "x_remote_group: system:masters",
            "X-Forwarded-For: 1.2.3.4",
            "X-Forwarded-Client-Cert: a",
            "Forwarded: for=1.2.3.4",
            "X-Original-URL: /admin");

    assertThat(request.getHeaderMap()).containsOnlyKeys("Via");
  }

  @Test
  @Tag("wire-76")
  void bothDirectionsNameTheProxyAndVaryIsMerged() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.get("/api", AUTHORIZED, "Via: 1.1 edge", "Origin: " + ProxyFixture.ORIGIN);
      ScriptedAgent.Call call = proxy.agent.next();
      List<String> sent = call.head().getRequest().getHeaderOrThrow("Via").getValueList();
      call.rawHead(
              200,
              Map.of(
                  "Via", values("2.0 gitlab-agent/1/2"),
                  "Vary", values("Accept"),
                  "Access-Control-Allow-Origin", values("*"),
                  "Access-Control-Max-Age", values("1"),
                  "Server", values("upstream")))
          .trailer();
      RawClient.Head head = client.response().head();

      assertThat(sent).hasSize(2).first().isEqualTo("1.1 edge");
      assertThat(sent.getLast()).startsWith("gRPC/1.0 gitlab-kas/");
      assertThat(head.all("Via")).hasSize(2).first().isEqualTo("2.0 gitlab-agent/1/2");
      assertThat(head.all("Via").getLast()).startsWith("gRPC/1.0 gitlab-kas/");
      assertThat(head.all("Vary")).containsExactly("Origin", "Accept");
      assertThat(head.all("Access-Control-Allow-Origin")).containsExactly(ProxyFixture.ORIGIN);
      assertThat(head.all("Access-Control-Max-Age")).isEmpty();
      assertThat(head.all("Server")).containsExactly("upstream");
    }
  }

  @Test
  @Tag("fault-15")
  void onlyKnownHeadersOfAClusterPass() throws Exception {
    List<String> unwelcome =
        List.of(
            "Set-Cookie",
            "Nel",
            "Report-To",
            "X-Accel-Redirect",
            "Surrogate-Control",
            "Cdn-Cache-Control",
            "Clear-Site-Data",
            "Service-Worker-Allowed",
            "Content-Security-Policy");
    Map<String, Values> headers = new HashMap<>();
    unwelcome.forEach(name -> headers.put(name, values("canary")));
    headers.put("Location", values("javascript:canary"));
    headers.put("Etag", values("\"1\""));

    RawClient.Head head = answered(200, headers).head();

    assertThat(head.all("Etag")).containsExactly("\"1\"");
    assertThat(head.lines()).noneMatch(line -> line.contains("canary"));
    assertThat(proxy.metrics())
        .contains("k8s_api_proxy_dropped_response_headers_total{header=\"Set-Cookie\"} 1.0")
        .contains("k8s_api_proxy_dropped_response_headers_total{header=\"Location\"} 1.0");
  }

  @Test
  @Tag("fault-16")
  void noBodyIsShownAsAPage() throws Exception {
    for (Values type :
        List.of(
            Values.getDefaultInstance(),
            values("text/html"),
            values("image/svg+xml"),
            values("application/json", "text/html"),
            values("application/json;,text/html"))) {
      RawClient.Head head =
          answered(200, Map.of("Content-Type", type, "Cache-Control", values("public"))).head();

      assertThat(head.all("X-Content-Type-Options")).as("%s", type).containsExactly("nosniff");
      assertThat(head.all("Content-Disposition")).as("%s", type).containsExactly("attachment");
      assertThat(head.all("Cache-Control")).as("%s", type).containsExactly("no-store");
      assertThat(head.all("Content-Type")).as("%s", type).hasSize(1);
    }
  }

  @Test
  @Tag("wire-64")
  void anAnswer401OfTheClusterIsNotMarkedAsOfKas() throws Exception {
    assertThat(answered(401, Map.of()).head().all("Gitlab-Unauthorized")).isEmpty();
  }

  @Test
  @Tag("wire-65")
  @Tag("fault-10")
  void anotherOriginIsRefusedWithoutAWord() throws Exception {
    try (RawClient client = proxy.connect()) {
      for (String origin : List.of("https://evil.example.com", ProxyFixture.ORIGIN + "/", "null")) {
        Response response = client.get("/api", AUTHORIZED, "Origin: " + origin).response();

        assertThat(response.status()).isEqualTo(403);
        assertThat(response.body()).isEmpty();
        assertThat(response.head().all("Vary")).containsExactly("Origin");
        assertThat(response.head().all("Access-Control-Allow-Origin")).isEmpty();
      }
      assertThat(proxy.agent.isIdle()).isTrue();
    }
  }

  @Test
  @Tag("wire-65")
  void aPreflightNeedsNoCredentials() throws Exception {
    try (RawClient client = proxy.connect()) {
      Response response =
          client
              .request(
                  "OPTIONS",
                  "/api",
                  "Origin: " + ProxyFixture.ORIGIN,
                  "Access-Control-Request-Headers: x-csrf-token")
              .response();

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.head().all("Access-Control-Allow-Headers"))
          .containsExactly("x-csrf-token");
      assertThat(response.head().all("Access-Control-Allow-Methods"))
          .containsExactly("GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH");
      assertThat(response.head().all("Access-Control-Max-Age")).containsExactly("86400");
      assertThat(proxy.agent.isIdle()).isTrue();
    }
  }

  @Test
  @Tag("wire-64")
  @Tag("wire-65")
  void errorsCarryTheHeadersForBrowsersToo() throws Exception {
    try (RawClient client = proxy.connect()) {
      Response response = client.get("/api", "Origin: " + ProxyFixture.ORIGIN).response();

      assertThat(response.status()).isEqualTo(401);
      assertThat(response.body()).contains("Unauthorized: no valid credentials provided");
      assertThat(response.head().all("Gitlab-Unauthorized")).containsExactly("true");
      assertThat(response.head().all("Access-Control-Allow-Origin"))
          .containsExactly(ProxyFixture.ORIGIN);
      assertThat(response.head().all("Access-Control-Allow-Credentials")).containsExactly("true");
      assertThat(response.head().all("Access-Control-Expose-Headers"))
          .containsExactly("X-Request-Id");
      assertThat(response.head().all("Vary")).containsExactly("Origin");
    }
  }
}
