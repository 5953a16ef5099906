package io.mooring.gitlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.testkit.postgres.PostgresDatabase;
import io.mooring.testkit.postgres.RealPostgres;
import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own. */
@RealPostgres
class MainTest {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  /** Requests that run get ten seconds, the rest of the stop a few more. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private static final Pattern LISTENS = Pattern.compile("\"net_address\":\"127.0.0.1:(\\d+)\"");

  @TempDir Path directory;

  @Test
  @Tag("fault-62")
  void answersWhatRunsWhenItIsToldToStopAndThenEnds(PostgresDatabase database) throws Exception {
    Path log = directory.resolve("log");
    Path out = directory.resolve("out");
    Process process =
        new ProcessBuilder(
                Program.command(
                    directory,
                    "--configuration-file",
                    configuration(database, "  port: 0").toString()))
            .redirectError(log.toFile())
            .redirectOutput(out.toFile())
            .start();
    try {
      await().atMost(LIMIT).until(() -> port(log) > 0);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(log))) {
        socket.setSoTimeout((int) LIMIT.toMillis());
        OutputStream request = socket.getOutputStream();
        request.write(
            bytes(
                "PUT /api/v4/jobs/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Expect: 100-continue\r\nContent-Length: 31\r\nConnection: close\r\n\r\n"));
        request.flush();
        // Sent when the application begins to read the body, so the request runs from here on.
        String began = "HTTP/1.1 100 \r\n\r\n";
        assertThat(socket.getInputStream().readNBytes(began.length())).isEqualTo(bytes(began));

        process.destroy();
        process.destroy();
        await()
            .atMost(LIMIT)
            .until(() -> Files.readString(log).contains("GitLab application stops"));
        request.write(bytes("{\"token\":\"x\",\"state\":\"success\"}"));
        request.flush();

        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(answer).startsWith("HTTP/1.1 403 ");
      }
      assertThat(process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isZero();
    assertThat(Files.readString(out)).containsPattern("First administrator: root, password");
    assertThat(Files.readAllLines(log))
        .allMatch(line -> line.startsWith("{") && line.endsWith("}"))
        .anyMatch(line -> line.contains("GitLab application stopped"));
  }

  @Test
  @Tag("fault-66")
  void saysWhereTheConfigurationIsWrong() throws IOException {
    Path file = Files.writeString(directory.resolve("gitlab.yml"), "http:\n  prt: 1\n");

    Command.Output output = run("--configuration-file", file.toString());

    assertThat(output.exitCode()).isEqualTo(78);
    assertThat(output.stderr())
        .contains("gitlab.yml:2:3: http.prt: unknown setting (expected: address, port, tls,");
    assertThat(output.stdout()).isEmpty();
  }

  @Test
  @Tag("fault-66")
  void namesTheSettingWhoseFileIsMissing(PostgresDatabase database) throws IOException {
    Path file =
        configuration(
            database, "  port: 0\n  tls: {certificate_file: none.pem, key_file: none.key}");

    Command.Output output = run("--configuration-file", file.toString());

    assertThat(output.exitCode()).isEqualTo(78);
    assertThat(output.stderr())
        .contains("http.tls.certificate_file: " + directory.resolve("none.pem"));
  }

  @Test
  void asksForItsOption() {
    Command.Output output = run();

    assertThat(output.exitCode()).isEqualTo(2);
    assertThat(output.stderr()).contains("--configuration-file");
  }

  @Test
  void tellsItsVersion() {
    Command.Output output = run("--version");

    assertThat(output.exitCode()).isZero();
    assertThat(output.stdout()).startsWith("gitlab version v").hasLineCount(1);
  }

  private static int port(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains("GitLab application started"))
        .map(LISTENS::matcher)
        .filter(Matcher::find)
        .map(matcher -> Integer.parseInt(matcher.group(1)))
        .findFirst()
        .orElse(0);
  }

  private Path configuration(PostgresDatabase database, String http) throws IOException {
    Path password = Files.writeString(directory.resolve("password"), database.password());
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    return Files.writeString(
        directory.resolve("gitlab.yml"),
        """
        http:
        %s
        database:
          url: %s
          username: %s
          password_file: password
        """
            .formatted(http, database.jdbcUrl(), database.user()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private Command.Output run(String... arguments) {
    try {
      return Command.of(Program.command(directory, arguments)).withBound(LIMIT).run();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot prepare the command", e);
    }
  }
}
