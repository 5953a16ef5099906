package io.mooring.agentk.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.mooring.agentk.connection.AgentToken;
import io.mooring.agentk.connection.KasConnection;
import io.mooring.agentk.connection.KasHeader;
import io.mooring.agentk.doctor.Finding.Verdict;
import io.mooring.agentk.kas.TestKas;
import io.mooring.agentk.kubernetes.KubernetesOptions;
import io.mooring.agentk.proxy.ForwardProxy;
import io.mooring.agentk.proxy.ReverseProxy;
import io.mooring.agentk.worker.Timing;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.HttpProxies;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.protocol.transport.ServerTls;
import io.mooring.testkit.certificates.CertificateAuthority;
import io.mooring.testkit.process.SparePort;
import io.mooring.wire.agentcfg.AgentConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the doctor says of each fault on the way to kas; the cluster only refuses. */
@Tag("fault-36")
class DoctorTest {
  /** Where silence is what is to be found; everywhere else it only bounds a fault of the test. */
  private static final Duration SHORT = Duration.ofSeconds(2);

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String CANARY = "canary-token";

  @TempDir static Path folder;
  private static CertificateAuthority authority;
  private static ReverseProxy apiServer;
  private static Path kubeconfig;

  @BeforeAll
  static void prepare() throws Exception {
    authority = CertificateAuthority.create(folder, "kas authority");
    apiServer = ReverseProxy.answering("401 Unauthorized");
    kubeconfig =
        Files.writeString(
            folder.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            current-context: none
            contexts: [{name: none, context: {cluster: none, user: none}}]
            clusters: [{name: none, cluster: {server: "http://127.0.0.1:%d"}}]
            users: [{name: none, user: {}}]
            """
                .formatted(apiServer.port()));
  }

  @AfterAll
  static void stop() throws Exception {
    apiServer.close();
  }

  @Test
  void findsNothingWrongOnAStraightWay() throws Exception {
    try (var kas = TestKas.start()) {
      kas.configurations().send("c1", configuration());

      Report report = examine(kas.address().toString(), LONG);

      assertVerdict(report, Check.HTTP2, Verdict.OK);
      assertVerdict(report, Check.STREAM, Verdict.OK);
      assertVerdict(report, Check.TOKEN, Verdict.OK);
      assertVerdict(report, Check.CONFIGURATION, Verdict.OK);
      assertVerdict(report, Check.CLUSTER, Verdict.FAILED);
      assertThat(report.findings()).extracting(Finding::check).containsExactly(Check.values());
    }
  }

  @Test
  void leavesNoTraceAtKas() throws Exception {
    try (var kas = TestKas.start()) {
      kas.configurations().send("c1", configuration());

      examine(kas.address().toString(), LONG);

      assertThat(kas.registrations()).isEmpty();
      assertThat(kas.tunnels().idle()).isZero();
      assertThat(kas.configurations().requests()).allMatch(request -> request.getSkipRegister());
    }
  }

  @Test
  void findsNothingWrongThroughAWebSocket() throws Exception {
    try (var kas = TestKas.startWithWebSocket()) {
      kas.configurations().send("c1", configuration());

      Report report = examine("ws://127.0.0.1:" + kas.port(), LONG);

      assertVerdict(report, Check.WEBSOCKET, Verdict.OK);
      assertVerdict(report, Check.HTTP2, Verdict.OK);
      assertVerdict(report, Check.TOKEN, Verdict.OK);
      assertThat(finding(report, Check.VERSION).value()).contains("kas test");
    }
  }

  @Test
  void findsTheProxyThatStripsUpgrade() throws Exception {
    try (var kas = TestKas.startWithWebSocket();
        var proxy = ReverseProxy.strippingUpgrade(kas.port())) {
      Report report = examine("ws://127.0.0.1:" + proxy.port(), LONG);

      Finding finding = assertVerdict(report, Check.WEBSOCKET, Verdict.FAILED);
      assertThat(finding.what()).contains("strips the headers Upgrade and Connection");
      assertThat(finding.value()).startsWith("426").contains("gitlab-kas/test");
      assertThat(finding.next()).contains("wss://", "exempt 127.0.0.1", "grpcs://");
      assertVerdict(report, Check.STREAM, Verdict.SKIPPED);
    }
  }

  @Test
  void findsTheProxyThatBuffersInAWebSocket() throws Exception {
    try (var kas = TestKas.startWithWebSocket();
        var proxy = ReverseProxy.buffering(kas.port())) {
      Report report = examine("ws://127.0.0.1:" + proxy.port(), SHORT);

      Finding finding = assertVerdict(report, Check.HTTP2, Verdict.FAILED);
      assertThat(finding.what()).contains("the WebSocket opens, but nothing comes");
      assertThat(finding.next()).contains("proxy_buffering off", "wss://");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 OK                            | other than kas answers  | exempt 127.0.0.1
          403 Forbidden                     | refuses the connection  | --kas-header
          407 Proxy Authentication Required | wants name and password | HTTPS_PROXY
          502 Bad Gateway                   | does not reach kas      | whether kas runs
          301 Moved                         | leads elsewhere         | slash
          101 Switching                     | without what belongs    | wss://
          """)
  void tellsWhatAnAnswerInsteadOfAWebSocketMeans(String answer, String what, String next)
      throws Exception {
    try (var proxy = ReverseProxy.answering(answer)) {
      Finding finding =
          assertVerdict(
              examine("ws://127.0.0.1:" + proxy.port(), LONG), Check.WEBSOCKET, Verdict.FAILED);

      assertThat(finding.what()).contains(what);
      assertThat(finding.next()).contains(next);
    }
  }

  @Test
  void findsAProxyThatKnowsNoHttp2() throws Exception {
    try (var proxy = ReverseProxy.answering("400 Bad Request")) {
      Finding finding =
          assertVerdict(
              examine("grpc://127.0.0.1:" + proxy.port(), LONG), Check.HTTP2, Verdict.FAILED);

      assertThat(finding.what()).contains("speaks HTTP/1.1 only");
      assertThat(finding.next()).contains("ws://");
    }
  }

  @Test
  void goesThroughTheProxyOfTheEnvironment() throws Exception {
    try (var kas = TestKas.start();
        var proxy = ForwardProxy.open(kas.port())) {
      kas.configurations().send("c1", configuration());

      Report report =
          examine("grpc://kas.example.invalid:8150", Map.of("HTTPS_PROXY", url(proxy)), LONG);

      assertThat(finding(report, Check.CONNECT).what()).contains("kas.example.invalid:8150");
      assertVerdict(report, Check.TOKEN, Verdict.OK);
      assertThat(proxy.asked()).containsOnly("kas.example.invalid:8150");
    }
  }

  @Test
  void findsTheProxyThatWantsAPassword() throws Exception {
    try (var proxy = ForwardProxy.guarded(1, "u:p")) {
      Finding none =
          assertVerdict(
              examine("wss://kas.example.invalid", Map.of("HTTPS_PROXY", url(proxy)), LONG),
              Check.CONNECT,
              Verdict.FAILED);
      Report wrong =
          examine(
              "wss://kas.example.invalid",
              Map.of("HTTPS_PROXY", "http://u:" + CANARY + "@127.0.0.1:" + proxy.port()),
              LONG);

      assertThat(none.value()).startsWith("407");
      assertThat(none.next()).contains("user:password@127.0.0.1", "NO_PROXY");
      assertVerdict(wrong, Check.CONNECT, Verdict.FAILED);
      assertThat(wrong.json() + wrong.text()).doesNotContain(CANARY);
    }
  }

  @Test
  void findsTheProxyThatDoesNotAllowThePort() throws Exception {
    try (var proxy = ForwardProxy.refusing("403 Forbidden")) {
      Finding finding =
          assertVerdict(
              examine("grpc://kas.example.invalid:8150", Map.of("https_proxy", url(proxy)), LONG),
              Check.CONNECT,
              Verdict.FAILED);

      assertThat(finding.next()).contains("allow CONNECT to kas.example.invalid:8150");
    }
  }

  @Test
  void findsTheProxyThatInspectsTls() throws Exception {
    var inspecting = CertificateAuthority.create(folder.resolve("proxy"), "Company Inspection");
    try (var kas = TestKas.start(tls(authority, "real", "DNS:kas.example.invalid"));
        var front = TestKas.start(tls(inspecting, "fake", "DNS:kas.example.invalid"));
        // It ends TLS by itself: what is behind it does not matter for what the agent sees.
        var proxy = ForwardProxy.open(front.port())) {
      Report report =
          examine("grpcs://kas.example.invalid", Map.of("HTTPS_PROXY", url(proxy)), LONG);

      Finding finding = assertVerdict(report, Check.TLS, Verdict.FAILED);
      assertThat(finding.what()).contains("authority that this agent does not trust");
      assertThat(finding.value()).contains("Company Inspection");
      assertThat(finding.next()).contains("--ca-cert-file", "exempt kas.example.invalid");
      assertThat(kas.calls()).isEmpty();
    }
  }

  @Test
  void verifiesChainAndName() throws Exception {
    try (var kas = TestKas.start(tls(authority, "one", "DNS:localhost"));
        var other = TestKas.start(tls(authority, "two", "DNS:kas.example.com"))) {
      kas.configurations().send("c1", configuration());

      Report right = examine("grpcs://localhost:" + kas.port(), LONG);
      Finding wrong =
          assertVerdict(
              examine("grpcs://localhost:" + other.port(), LONG), Check.TLS, Verdict.FAILED);

      Finding finding = assertVerdict(right, Check.TLS, Verdict.OK);
      assertThat(finding.what()).startsWith("TLSv1.3");
      assertThat(finding.value()).contains("localhost", "kas authority");
      assertVerdict(right, Check.TOKEN, Verdict.OK);
      assertThat(wrong.what()).contains("for another name");
      assertThat(wrong.value()).contains("kas.example.com");
      assertThat(wrong.next()).contains("--kas-tls-server-name");
    }
  }

  @Test
  void tellsTlsAndClearTextApart() throws Exception {
    try (var clear = TestKas.start();
        var secured = TestKas.start(tls(authority, "three", "DNS:localhost"))) {
      Finding noTls =
          assertVerdict(
              examine("grpcs://localhost:" + clear.port(), LONG), Check.TLS, Verdict.FAILED);
      Finding noClearText =
          assertVerdict(
              examine("grpc://localhost:" + secured.port(), LONG), Check.HTTP2, Verdict.FAILED);

      assertThat(noTls.next()).contains("grpc://");
      assertThat(noClearText.next()).contains("grpcs://");
    }
  }

  @Test
  void tellsThatTheTokenIsRefusedAndNeverShowsIt() throws Exception {
    try (var kas = TestKas.start()) {
      kas.tunnels().refuse(Status.UNAUTHENTICATED.withDescription("unauthenticated"));

      Report report = examine(kas.address().toString(), LONG);

      Finding finding = assertVerdict(report, Check.TOKEN, Verdict.FAILED);
      assertThat(finding.value()).contains("UNAUTHENTICATED");
      assertThat(report.json() + report.text()).doesNotContain(CANARY);
    }
  }

  @Test
  void tellsThatNobodyListens() throws Exception {
    Report report = examine("grpc://127.0.0.1:" + SparePort.find(), LONG);

    assertThat(assertVerdict(report, Check.TCP, Verdict.FAILED).value()).contains("refused");
  }

  @Test
  void tellsThatANameIsUnknown() throws Exception {
    Finding finding =
        assertVerdict(examine("grpc://kas.example.invalid", LONG), Check.DNS, Verdict.FAILED);

    assertThat(finding.what()).contains("kas.example.invalid");
    assertThat(finding.next()).contains("HTTPS_PROXY");
  }

  @Test
  void tellsThatTheAddressIsNone() throws Exception {
    Finding finding =
        assertVerdict(examine("https://kas.example.com", LONG), Check.ADDRESS, Verdict.FAILED);

    assertThat(finding.value()).contains("has the scheme https");
  }

  private static String url(ForwardProxy proxy) {
    return "http://127.0.0.1:" + proxy.port();
  }

  private static AgentConfiguration configuration() {
    return AgentConfiguration.newBuilder().setAgentId(7).setProjectPath("group/project").build();
  }

  private static ServerTls tls(CertificateAuthority issuer, String name, String alternative) {
    var identity = issuer.server(name, name, alternative);
    return ServerTls.read(
            "certificate_file",
            identity.certificate().toString(),
            "key_file",
            identity.key().toString())
        .orElseThrow();
  }

  private static Report examine(String address, Duration bound) throws InterruptedException {
    return examine(address, Map.of(), bound);
  }

  private static Report examine(String address, Map<String, String> environment, Duration bound)
      throws InterruptedException {
    var patient =
        new Doctor.Patient(
            () ->
                new KasConnection.Settings(
                    KasAddress.parse("--kas-address", address),
                    ClientTls.with("--ca-cert-file", Optional.of(authority.certificate())),
                    Optional.empty(),
                    new AgentToken.Fixed(Secret.of(CANARY)),
                    List.<KasHeader>of(),
                    HttpProxies.of(environment)),
            KubernetesOptions.ofKubeconfig(kubeconfig),
            "gitlab-agent");
    return new Doctor(patient, Timing.real(), bound).examine();
  }

  private static Finding finding(Report report, Check check) {
    return report.findings().stream()
        .filter(finding -> finding.check() == check)
        .findFirst()
        .orElseThrow();
  }

  private static Finding assertVerdict(Report report, Check check, Verdict verdict) {
    Finding finding = finding(report, check);
    assertThat(finding.verdict()).as(report.text()).isEqualTo(verdict);
    return finding;
  }
}
