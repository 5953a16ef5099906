package io.mooring.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.kas.config.KasConfigurationFile;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.leaks.LeakCheck;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck(allowedThreads = {"grpc-", "lettuce-", "prometheus-metrics-scheduler"})
class KasStartTest {
  private static final URI GITLAB = URI.create("http://127.0.0.1:1");
  private static final String FREE = "{address: '127.0.0.1:0', listen_grace_period: 0.1s}";

  @TempDir Path directory;

  @Test
  void leavesNothingBehind() {
    try (KasFixture kas = KasFixture.start(directory)) {
      assertThat(kas.kas().agentAddress()).isNotNull();
    }
  }

  @Test
  @Tag("fault-66")
  void refusesAPortInUseNamingTheField() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      KasConfigurationFile file = configuration("{address: '" + address + "'}", "");

      assertThatThrownBy(() -> Kas.start(file.configuration()))
          .isInstanceOf(SettingException.class)
          .hasMessageStartingWith("agent.listen.address: " + address);
    }
  }

  @Test
  @Tag("fault-66")
  void refusesAnObservabilityPortInUseNamingTheField() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      KasConfigurationFile file = configuration(FREE, "");
      Files.writeString(
          directory.resolve("kas.yaml"),
          Files.readString(directory.resolve("kas.yaml"))
              .replace("listen: {address: '127.0.0.1:0'}", "listen: {address: '" + address + "'}"));
      KasConfigurationFile changed = KasConfigurationFile.read(directory.resolve("kas.yaml"));

      assertThat(changed).isNotEqualTo(file);
      assertThatThrownBy(() -> Kas.start(changed.configuration()))
          .isInstanceOf(SettingException.class)
          .hasMessageStartingWith("observability.listen.address: ")
          .hasMessageContaining(address);
    }
  }

  @Test
  @Tag("fault-66")
  void refusesAMissingSecretNamingTheField() throws Exception {
    KasConfigurationFile file = configuration(FREE, "");
    Files.delete(directory.resolve("api"));

    assertThatThrownBy(() -> Kas.start(file.configuration()))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("api.listen.authentication_secret_file: ")
        .hasMessageContaining("does not exist");
  }

  @Test
  @Tag("wire-25")
  @Tag("fault-66")
  void refusesAGitLabSecretThatHasNot32Bytes() {
    KasConfigurationFile file = configuration(FREE, "");
    KasFixture.secretFile(directory, "gitlab", Secret.of(new byte[33]));

    assertThatThrownBy(() -> Kas.start(file.configuration()))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("gitlab.authentication_secret_file: ")
        .hasMessageContaining("33 bytes");
  }

  @Test
  @Tag("fault-66")
  void refusesAWeakSecretNamingTheField() {
    KasConfigurationFile file = configuration(FREE, "");
    KasFixture.secretFile(directory, "private", Secret.of(new byte[16]));

    assertThatThrownBy(() -> Kas.start(file.configuration()))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("private_api.listen.authentication_secret_file: ")
        .hasMessageContaining("16 bytes");
  }

  @Test
  @Tag("fault-66")
  void refusesASecretThatEverybodyReads() throws Exception {
    KasConfigurationFile file = configuration(FREE, "");
    Path secret = directory.resolve("api");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    Assumptions.assumeFalse(
        Files.getFileStore(secret).type().equals("tmpfs"), "secrets of a Pod look like this");

    assertThatThrownBy(() -> Kas.start(file.configuration()))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("api.listen.authentication_secret_file: ")
        .hasMessageContaining("every user");
  }

  @Test
  @Tag("fault-66")
  void refusesAMissingCertificateNamingTheField() {
    KasConfigurationFile file =
        configuration("{address: '127.0.0.1:0', certificate_file: /no/crt, key_file: /no/key}", "");

    assertThatThrownBy(() -> Kas.start(file.configuration()))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("agent.listen.certificate_file: /no/crt");
  }

  private KasConfigurationFile configuration(String agentYaml, String moreYaml) {
    return KasFixture.configuration(directory, GITLAB, agentYaml, moreYaml);
  }
}
