package io.mooring.gitaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.mooring.gitaly.configuration.GitalyConfiguration;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.GitalyAddress;
import io.mooring.protocol.transport.GrpcChannels;
import io.mooring.testkit.certificates.CertificateAuthority;
import io.mooring.testkit.process.Command;
import io.mooring.wire.gitaly.ServerInfoRequest;
import io.mooring.wire.gitaly.ServerServiceGrpc;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server starts with, and what it refuses to start with. */
class StartTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @TempDir Path directory;

  private GitalyConfiguration settings;

  @BeforeEach
  void makeStorage() throws IOException {
    settings = GitalyConfiguration.of(Files.createDirectories(directory.resolve("storage")));
  }

  @Test
  void listensAtSeveralKindsOfAddresses() throws IOException {
    var authority = CertificateAuthority.create(directory.resolve("ca"), "test");
    var identity = authority.server("gitaly", "localhost", "IP:127.0.0.1");
    Files.setPosixFilePermissions(identity.key(), PosixFilePermissions.fromString("rw-------"));
    Path socket = directory.resolve("g.sock");
    var all =
        settings
            .withListen("tcp://127.0.0.1:0", "tls://127.0.0.1:0", "unix:" + socket)
            .withTls(identity.certificate(), identity.key());
    ClientTls trust = ClientTls.with("test", Optional.of(authority.certificate()));

    try (var server = GitalyServer.start(all)) {
      assertThat(server.addresses()).hasSize(3);
      for (String address : server.addresses()) {
        assertThat(version(address, trust)).isNotEmpty();
      }
      assertThatThrownBy(() -> version(server.addresses().get(1), ClientTls.system()))
          .isInstanceOf(StatusRuntimeException.class);
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void takesTheSocketOfAServerThatIsGoneAndNotOfOneThatRuns() throws IOException {
    Path socket = directory.resolve("g.sock");
    var unix = settings.withListen("unix:" + socket);
    try (var gone =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      gone.bind(java.net.UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();

    try (var server = GitalyServer.start(unix)) {
      assertThat(version(server.address(), ClientTls.system())).isNotEmpty();
      assertThatThrownBy(() -> GitalyServer.start(unix))
          .isInstanceOf(SettingException.class)
          .hasMessageStartingWith("listen[0]: cannot listen at");
      assertThat(version(server.address(), ClientTls.system())).isNotEmpty();
    }
  }

  @Test
  @Tag("fault-66")
  void namesTheSettingOfAPortThatIsTaken() {
    try (var server = GitalyServer.start(settings)) {
      String address = server.address();

      refuses(
          settings.withListen(address),
          "listen[0]: cannot listen at " + address.replace("tcp://", ""));
      refuses(settings.withListen("tcp://127.0.0.1:0", address), "listen[1]: cannot listen at");
      String port = address.replace("tcp://", "");
      refuses(settings.withObservability(port), "observability.listen: cannot listen at " + port);
    }
  }

  @Test
  @Tag("fault-66")
  void namesTheSettingOfAnAddressThatCannotBe() {
    refuses(settings.withListen("8075"), "listen[0]: 8075 (expected: unix:/path");
    refuses(
        settings.withListen("tcp://127.0.0.1"), "listen[0]: 127.0.0.1 (expected: <host>:<port>");
    refuses(
        settings.withListen("tls://127.0.0.1:0"),
        "tls.certificate_file: not set, but listen[0] is a tls:// address");
  }

  @Test
  @Tag("fault-66")
  void namesTheSettingOfASecretThatCannotBeUsed() throws IOException {
    Path missing = directory.resolve("missing");
    Path weak = file("weak", "only a few bytes", "rw-------");
    Path open = file("open", SECRET, "rw-r--r--");
    URI url = URI.create("http://127.0.0.1:1");

    refuses(
        settings.withToken(missing), "authentication.token_file: " + missing + " does not exist");
    refuses(
        settings.withToken(weak),
        "authentication.token_file: "
            + weak
            + " holds a secret of 16 bytes (expected: at least 32");
    refuses(
        settings.withToken(open),
        "authentication.token_file: " + open + " can be read by everybody on this machine");
    refuses(
        settings.withGitLab(url, missing), "gitlab.secret_file: " + missing + " does not exist");
    refuses(settings.withGitLab(url, weak), "gitlab.secret_file: ");
    refuses(settings.withGitLab(url, open), "gitlab.secret_file: ");
  }

  @Test
  @Tag("fault-66")
  void namesTheSettingOfACertificateThatCannotBeUsed() throws IOException {
    var identity =
        CertificateAuthority.create(directory.resolve("ca"), "test")
            .server("gitaly", "localhost", "IP:127.0.0.1");
    Path key = identity.key();
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    var tls = settings.withListen("tls://127.0.0.1:0");

    refuses(
        tls.withTls(identity.certificate(), key),
        "tls.key_file: " + key + " can be read by everybody");
    refuses(tls.withTls(identity.certificate(), directory.resolve("nokey")), "tls.key_file: ");
    refuses(
        tls.withTls(directory.resolve("nocert"), file("key", "x", "rw-------")),
        "tls.certificate_file: ");
  }

  @Test
  @Tag("fault-66")
  void namesTheSettingOfAStorageThatIsNotThere() throws IOException {
    Path missing = directory.resolve("nowhere");

    refuses(GitalyConfiguration.of(missing), "storages[0].path: " + missing + " is not there");
    refuses(GitalyConfiguration.of(file("file", "", "rw-------")), "storages[0].path: ");
  }

  @Test
  void showsMetricsAndReadiness() throws IOException, InterruptedException {
    try (var server = GitalyServer.start(settings.withObservability("127.0.0.1:0"));
        HttpClient client = HttpClient.newHttpClient()) {
      var address = (InetSocketAddress) server.observabilityAddress().orElseThrow();
      String base = "http://127.0.0.1:" + address.getPort();

      assertThat(
              client
                  .send(
                      HttpRequest.newBuilder(URI.create(base + "/readiness")).build(),
                      BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(200);
      assertThat(
              client
                  .send(
                      HttpRequest.newBuilder(URI.create(base + "/metrics")).build(),
                      BodyHandlers.ofString())
                  .body())
          .contains("gitaly_open_repositories 0.0")
          .contains("gitaly_transfers_running 0.0")
          .contains("gitaly_pending_notices 0.0")
          .contains("gitaly_unauthenticated_calls_total 0.0");
    }
  }

  @Test
  @Tag("fault-66")
  void saysAsAProgramWhatIsWrongAndExitsWithOne() throws IOException {
    Path configuration =
        file(
            "gitaly.yaml",
            "listen: [\"tcp://:0\"]\nstorages: [{name: a, path: nowhere}]\n",
            "rw-------");

    Command.Output output = program("--configuration-file", configuration.toString());
    assertThat(output.exitCode()).isEqualTo(1);
    assertThat(output.stdout()).isEmpty();
    assertThat(output.stderr())
        .startsWith("storages[0].path: " + directory.resolve("nowhere") + " is not there");

    assertThat(program("--version").stdout()).startsWith("gitaly version");
    assertThat(program().exitCode()).isEqualTo(2);
  }

  private static Command.Output program(String... arguments) {
    return Command.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "-XX:TieredStopAtLevel=1",
            "io.mooring.gitaly.Main")
        .with(List.of(arguments))
        .run();
  }

  private Path file(String name, String content, String permissions) throws IOException {
    Path file = Files.writeString(directory.resolve(name), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private static void refuses(GitalyConfiguration configuration, String message) {
    assertThatThrownBy(() -> GitalyServer.start(configuration).close())
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith(message);
  }

  private static String version(String address, ClientTls tls) {
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    var channel =
        GrpcChannels.gitaly(GitalyAddress.parse(address), tls).eventLoopGroup(loop).build();
    try {
      return ServerServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(10, TimeUnit.SECONDS)
          .serverInfo(ServerInfoRequest.getDefaultInstance())
          .getServerVersion();
    } finally {
      channel.shutdownNow();
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
  }
}
