package io.mooring.gitaly.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.protocol.SettingException;
import io.mooring.protocol.observability.LogLevel;
import io.mooring.protocol.yaml.InvalidDocumentException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration file: what it may say, and where an error is. */
class ConfigurationFileTest {
  @TempDir Path directory;

  @Test
  void readsEverySetting() throws IOException, InvalidDocumentException {
    GitalyConfiguration read =
        read(
            """
            listen:
              - tcp://127.0.0.1:8075
              - unix:/run/gitaly.sock
            tls:
              certificate_file: /etc/tls/cert.pem
              key_file: key.pem
            storages:
              - name: default
                path: /srv/git
              - {name: second, path: other}
            authentication:
              token_file: token
              transitioning: yes
            gitlab:
              url: https://gitlab.example.com
              secret_file: /etc/secret
            state_directory: state
            limits:
              transfers: 4
              max_object_bytes: 1000000
            shutdown_grace: 2.5s
            observability:
              listen: 127.0.0.1:9236
            logging:
              level: debug
              grpc_level: warn
            """);

    assertThat(read.listen()).containsExactly("tcp://127.0.0.1:8075", "unix:/run/gitaly.sock");
    assertThat(read.tls())
        .contains(
            new GitalyConfiguration.Tls(
                Path.of("/etc/tls/cert.pem"), directory.resolve("key.pem")));
    assertThat(read.storages())
        .extracting(GitalyConfiguration.StorageFolder::path)
        .containsExactly(Path.of("/srv/git"), directory.resolve("other"));
    assertThat(read.authentication())
        .isEqualTo(
            new GitalyConfiguration.Authentication(Optional.of(directory.resolve("token")), true));
    assertThat(read.gitlab())
        .contains(
            new GitalyConfiguration.GitLab(
                URI.create("https://gitlab.example.com"), Path.of("/etc/secret")));
    assertThat(read.stateDirectory()).contains(directory.resolve("state"));
    assertThat(read.limits()).isEqualTo(new GitalyConfiguration.Limits(4, 1_000_000));
    assertThat(read.shutdownGrace()).isEqualTo(Duration.ofMillis(2500));
    assertThat(read.observability().listen()).contains("127.0.0.1:9236");
    assertThat(read.logging())
        .isEqualTo(new GitalyConfiguration.Logging(LogLevel.DEBUG, LogLevel.WARN));
  }

  @Test
  void fillsInWhatIsNotSaid() throws IOException, InvalidDocumentException {
    GitalyConfiguration read =
        read("listen: [\"tcp://:8075\"]\nstorages: [{name: default, path: /srv}]\ngitlab:\n");

    assertThat(read.gitlab()).isEmpty();
    assertThat(read.limits()).isEqualTo(GitalyConfiguration.Limits.DEFAULT);
    assertThat(read.authentication()).isEqualTo(GitalyConfiguration.Authentication.NONE);
    assertThat(read.shutdownGrace()).isEqualTo(GitalyConfiguration.DEFAULT_GRACE);
  }

  @Test
  @Tag("fault-66")
  void tellsLineAndColumnOfWhatIsWrong() throws IOException {
    String good = "listen: [\"tcp://:1\"]\nstorages: [{name: default, path: /srv}]\n";

    assertThat(error(good + "limits:\n  transfers: 0\n"))
        .isEqualTo("4:14: limits.transfers: 0 (expected: 1-1000)");
    assertThat(error(good + "limits:\n  transfers: many\n"))
        .isEqualTo("4:14: limits.transfers: many (expected: a whole number)");
    assertThat(error(good + "limits: {transfers: 99999999999}\n"))
        .isEqualTo("3:21: limits.transfers: 99999999999 (expected: a whole number of 32 bits)");
    assertThat(error(good + "limit:\n  transfers: 1\n"))
        .startsWith(
            "3:1: limit: unknown setting (expected: authentication, gitlab, limits, listen");
    assertThat(error(good + "limits: {transfer: 1}\n"))
        .startsWith(
            "3:10: limits.transfer: unknown setting (expected: max_object_bytes, transfers");
    assertThat(error(good + "limits: 5\n")).startsWith("3:9: limits: not a mapping");
    assertThat(error(good + "shutdown_grace: 10\n"))
        .isEqualTo("3:17: shutdown_grace: 10 (expected: seconds with the suffix s, such as 10s)");
    assertThat(error(good + "shutdown_grace: 9000s\n"))
        .isEqualTo("3:17: shutdown_grace: 9000s (expected: 0s to 3600s)");
    assertThat(error(good + "authentication: {transitioning: perhaps}\n"))
        .isEqualTo("3:33: authentication.transitioning: perhaps (expected: true or false)");
    assertThat(error(good + "logging: {level: loud}\n"))
        .isEqualTo("3:18: logging.level: loud (expected: debug, info, warn or error)");
    assertThat(error(good + "gitlab: {url: ftp://x, secret_file: s}\n"))
        .startsWith("3:15: gitlab.url: ftp://x (expected: http://host:port");
    assertThat(error(good + "gitlab: {url: http://x}\n"))
        .startsWith("3:9: gitlab.secret_file: missing");
    assertThat(error(good + "tls: {key_file: k}\n"))
        .startsWith("3:6: tls.certificate_file: missing");
    assertThat(error("listen: tcp\nstorages: []\n")).startsWith("1:9: listen: not a list");
    assertThat(error("listen: []\nstorages: [{name: a, path: /a}]\n"))
        .startsWith("1:9: listen: empty");
    assertThat(error("listen: [\"tcp://:1\"]\n")).startsWith("1:1: storages: empty");
    assertThat(
            error(
                "listen: [\"tcp://:1\"]\nstorages:\n- {name: a, path: /a}\n- {name: a, path: /b}\n"))
        .startsWith("4:10: storages[1].name: a is there twice");
    assertThat(error("listen: [\"tcp://:1\"]\nstorages:\n- {name: \" \", path: /a}\n"))
        .startsWith("3:10: storages[0].name: empty");
    assertThat(error("listen: [\"tcp://:1\"]\nstorages:\n- {name: a, pth: /a}\n"))
        .startsWith("3:3: storages[0].path: missing");
    assertThat(error("listen: [a\n")).startsWith("2:1: ");
    assertThat(error("listen: [a]\nlisten: [b]\n")).startsWith("2:1: ");
    assertThat(error("- a\n")).startsWith("1:1: not a mapping");
    assertThat(error("")).startsWith("1:1: listen: empty");
    assertThat(error("listen: &a [*a]\n")).isNotEmpty();
    assertThat(error("1: 2\n")).contains("unknown setting");
  }

  @Test
  @Tag("fault-66")
  void saysThatAFileCannotBeRead() {
    Path missing = directory.resolve("missing.yaml");

    assertThatThrownBy(() -> ConfigurationFile.read(missing))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("--configuration-file: " + missing + " cannot be read");
  }

  @Test
  void readsTheExampleOfTheDocumentation() throws IOException, InvalidDocumentException {
    String document = Files.readString(Path.of("../docs/gitaly.md"));
    int start = document.indexOf("```yaml\n") + 8;
    String example = document.substring(start, document.indexOf("```", start));

    GitalyConfiguration read = read(example);

    assertThat(read.listen()).isNotEmpty();
    assertThat(read.tls()).isPresent();
    assertThat(read.authentication().tokenFile()).isPresent();
    assertThat(read.gitlab()).isPresent();
    assertThat(read.stateDirectory()).isPresent();
    assertThat(read.observability().listen()).isPresent();
    assertThat(read.limits()).isEqualTo(GitalyConfiguration.Limits.DEFAULT);
    assertThat(read.logging()).isEqualTo(GitalyConfiguration.Logging.DEFAULT);
    assertThat(read.shutdownGrace()).isEqualTo(GitalyConfiguration.DEFAULT_GRACE);
  }

  private GitalyConfiguration read(String text) throws IOException, InvalidDocumentException {
    return ConfigurationFile.read(Files.writeString(directory.resolve("gitaly.yaml"), text));
  }

  private String error(String text) throws IOException {
    try {
      return "read: " + read(text);
    } catch (InvalidDocumentException e) {
      return String.valueOf(e.getMessage())
          .replace(directory.resolve("gitaly.yaml") + ":", "")
          .strip();
    }
  }
}
