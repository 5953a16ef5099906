package io.mooring.agentk.kubernetesapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import io.mooring.agentk.kubernetes.ApiAccess;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.HostPort;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.kubernetesapi.rpc.ExtraKeyVal;
import io.mooring.wire.kubernetesapi.rpc.HeaderExtra;
import io.mooring.wire.kubernetesapi.rpc.ImpersonationConfig;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadTest {
  private static final String NESTED =
      "nested impersonation is not supported - agent is already configured to impersonate an identity";
  private static final ImpersonationConfig JOB =
      ImpersonationConfig.newBuilder()
          .setUsername("gitlab:ci_job:7")
          .setUid("u-1")
          .addGroups("gitlab:ci_job")
          .addGroups("gitlab:group:1")
          .addExtra(ExtraKeyVal.newBuilder().setKey("agent.gitlab.com/id").addVal("1"))
          .addExtra(ExtraKeyVal.newBuilder().setKey("a%b").addVal("x").addVal("y"))
          .addExtra(ExtraKeyVal.newBuilder().setKey("agent.gitlab.com/id").addVal("2"))
          .build();

  @Test
  @Tag("fault-12")
  void dropsHeadersOfOneConnectionBeforeItAddsTheIdentity() throws Exception {
    var head =
        of(
            HttpCall.Head.get("/api")
                .withExtra(extra(JOB))
                .with("Connection", "Impersonate-User, Authorization, close")
                .with("Connection", "Impersonate-Group,X-Dropped , keep-alive")
                .with("X-Dropped", "a")
                .with("X-Kept", "b")
                .with("Keep-Alive", "timeout=5")
                .with("Te", "trailers")
                .with("Transfer-Encoding", "chunked")
                .with("Content-Length", "5")
                .with("Proxy-Authorization", "Basic x")
                .with("Cookie", "session=1")
                .with("Authorization", "Bearer callers"));

    HttpHeaders headers = head.headers();
    assertThat(headers.getAll("Impersonate-User")).containsExactly("gitlab:ci_job:7");
    assertThat(headers.getAll("Impersonate-Group"))
        .containsExactly("gitlab:ci_job", "gitlab:group:1");
    assertThat(headers.getAll("Authorization")).containsExactly("Bearer agents");
    assertThat(headers.getAll("X-Kept")).containsExactly("b");
    assertThat(headers.names())
        .doesNotContain(
            "Connection",
            "X-Dropped",
            "Keep-Alive",
            "Te",
            "Transfer-Encoding",
            "Content-Length",
            "Proxy-Authorization",
            "Cookie");
  }

  @Test
  void impersonatesAllThatKasNames() throws Exception {
    HttpHeaders headers = of(HttpCall.Head.get("/api").withExtra(extra(JOB))).headers();

    assertThat(headers.getAll("Impersonate-User")).containsExactly("gitlab:ci_job:7");
    assertThat(headers.getAll("Impersonate-Uid")).containsExactly("u-1");
    assertThat(headers.getAll("Impersonate-Group"))
        .containsExactly("gitlab:ci_job", "gitlab:group:1");
    assertThat(headers.getAll("Impersonate-Extra-Agent.gitlab.com%2fid")).containsExactly("2");
    assertThat(headers.getAll("Impersonate-Extra-A%25b")).containsExactly("x", "y");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Impersonate-User",
        "impersonate-group",
        "IMPERSONATE-UID",
        "Impersonate-Extra-Scopes",
        "Impersonate_User"
      })
  @Tag("wire-69")
  void refusesAnIdentityOfTheCallerBesideThatOfKas(String name) {
    assertThatThrownBy(
            () -> of(HttpCall.Head.get("/api").with(name, "admin").withExtra(extra(JOB))))
        .isInstanceOf(RequestRefusedException.class)
        .hasMessage(NESTED);
  }

  @Test
  @Tag("wire-69")
  void refusesAnyIdentityBesideTheAgentsOwn() {
    ApiAccess own = access("", Map.of("Impersonate-User", List.of("robot")));

    assertThatThrownBy(() ->
            RequestHead.of(
                HttpCall.Head.get("/api").withExtra(extra(JOB)).message().getHeader(), own))
        .hasMessage(NESTED);
    assertThatThrownBy(() ->
            RequestHead.of(
                HttpCall.Head.get("/api").with("Impersonate-User", "x").message().getHeader(), own))
        .hasMessage(NESTED);
  }

  @Test
  void actsAsTheAgentsOwnIdentityOrTheCallersWhenThereIsNoOther() throws Exception {
    ApiAccess own = access("", Map.of("Impersonate-User", List.of("robot")));

    var asRobot = RequestHead.of(HttpCall.Head.get("/api").message().getHeader(), own);
    var asCaller =
        of(
            HttpCall.Head.get("/api")
                .with("Impersonate-User", "bob")
                .with("Impersonate-Group", "g1")
                .with("Impersonate-Group", "g2"));
    var asAgent =
        of(HttpCall.Head.get("/api").withExtra(extra(ImpersonationConfig.getDefaultInstance())));

    assertThat(asRobot.headers().getAll("Impersonate-User")).containsExactly("robot");
    assertThat(asCaller.headers().getAll("Impersonate-User")).containsExactly("bob");
    assertThat(asCaller.headers().getAll("Impersonate-Group")).containsExactly("g1", "g2");
    assertThat(asAgent.headers().contains("Impersonate-User")).isFalse();
  }

  @Test
  void refusesAnExtraItDoesNotKnow() {
    assertThatThrownBy(() ->
            of(
                HttpCall.Head.get("/api")
                    .withExtra(Any.pack(AgentConfiguration.getDefaultInstance()))))
        .hasMessageContaining("type.googleapis.com/gitlab.agent.agentcfg.AgentConfiguration")
        .hasMessageContaining("expected: gitlab.agent.kubernetes_api.rpc.HeaderExtra");
  }

  @Test
  void refusesGroupsWithoutAUser() {
    assertThatThrownBy(() ->
            of(
                HttpCall.Head.get("/api")
                    .withExtra(extra(ImpersonationConfig.newBuilder().addGroups("g").build()))))
        .isInstanceOf(RequestRefusedException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/v1/pods|/api/v1/pods",
        "/a b|/a%20b",
        "/a?b#c|/a%3Fb%23c",
        "/p/100%|/p/100%25",
        "/ü|/%C3%BC",
        "/n:1;v=2,3@x&y+z$|/n:1;v=2,3@x&y+z$",
        "/(a)|/%28a%29"
      })
  void encodesADecodedPath(String decoded, String target) throws Exception {
    assertThat(of(HttpCall.Head.get(decoded)).target()).isEqualTo(target);
  }

  @Test
  void putsThePathOfTheServersAddressInFront() throws Exception {
    var head =
        RequestHead.of(
            HttpCall.Head.get("/api/v1").withQuery("watch=true").message().getHeader(),
            access("/k8s/clusters/c-1", Map.of()));

    assertThat(head.target()).isEqualTo("/k8s/clusters/c-1/api/v1?watch=true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nX-Injected: b", "a\nb", "a\0b"})
  void refusesAValueThatWouldBeAnotherHeader(String value) {
    assertThatThrownBy(() -> of(HttpCall.Head.get("/api").with("X-Value", value)))
        .isInstanceOf(RequestRefusedException.class)
        .hasMessageStartingWith("a header cannot be sent");
  }

  @Test
  void refusesAnIdentityThatWouldBeAnotherHeader() {
    var injected =
        ImpersonationConfig.newBuilder().setUsername("a\r\nImpersonate-Group: b").build();

    assertThatThrownBy(() -> of(HttpCall.Head.get("/api").withExtra(extra(injected))))
        .isInstanceOf(RequestRefusedException.class);
  }

  @Test
  void recognisesAnUpgradeInAnyCase() throws Exception {
    var head =
        of(HttpCall.Head.get("/exec").with("upgrade", "SPDY/3.1, other").with("connection", "x"));

    assertThat(head.isUpgrade()).isTrue();
    assertThat(head.upgrade()).containsExactly("spdy/3.1", "other");
    assertThat(head.headers().getAll("Connection")).containsExactly("upgrade");
    assertThat(head.headers().getAll("Upgrade")).containsExactly("SPDY/3.1, other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"grün", "日本語", "é", "plain"})
  void keepsTextThatIsNotAscii(String text) {
    assertThat(HeaderText.fromHttp(HeaderText.toHttp(text))).isEqualTo(text);
    assertThat(HeaderText.toHttp(text).chars()).allMatch(c -> c < 0x100);
  }

  private static RequestHead of(HttpCall.Head head) throws RequestRefusedException {
    return RequestHead.of(head.message().getHeader(), access("", Map.of()));
  }

  private static Any extra(ImpersonationConfig config) {
    return Any.pack(HeaderExtra.newBuilder().setImpConfig(config).build());
  }

  private static ApiAccess access(String path, Map<String, List<String>> impersonation) {
    return new ApiAccess(
        new HostPort("10.0.0.1", 443),
        "10.0.0.1",
        path,
        Optional.empty(),
        Optional.empty(),
        Optional.of(Secret.of("Bearer agents")),
        impersonation);
  }
}
