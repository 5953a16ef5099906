package io.mooring.gitaly;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.mooring.protocol.jwt.JwtRejectedException;
import io.mooring.protocol.jwt.JwtVerifier;
import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.git.GitCommand;
import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What GitLab says to a push, and hears of it (gitlab-side.md 7.1), with the real git as the
 * pusher.
 */
class PushHooksTest {
  private static final String REPOSITORY = "@hashed/6b/86/6b86.git";
  private static final String SECRET = "a shell secret of at least 32 bytes";

  @TempDir Path directory;

  private FakeGitLab gitlab;
  private TestGitaly gitaly;
  private HttpBridge http;
  private GitCommand work;

  @BeforeEach
  void start() throws IOException {
    gitlab = FakeGitLab.start();
    startGitaly(gitlab.url());
    gitaly.bare(REPOSITORY);
    work = GitCommand.init(directory.resolve("work"));
    work.run("remote", "add", "origin", http.url(REPOSITORY));
  }

  @AfterEach
  void stop() {
    stopGitaly();
    gitlab.close();
  }

  @Test
  void asksBeforeAPushAndTellsAfterwards() throws JwtRejectedException {
    String commit = work.commit("first");
    work.run("push", "--quiet", "-o", "ci.skip", "origin", "HEAD:main");

    assertThat(gitlab.paths()).containsExactly("allowed", "pre_receive", "post_receive");
    String change = "0".repeat(40) + " " + commit + " refs/heads/main\n";
    JsonObject allowed = gitlab.calls("allowed").getFirst().body();
    assertThat(allowed.get("action").getAsString()).isEqualTo("git-receive-pack");
    assertThat(allowed.get("gl_repository").getAsString()).isEqualTo("project-1");
    assertThat(allowed.get("changes").getAsString()).isEqualTo(change);
    assertThat(allowed.get("protocol").getAsString()).isEqualTo("http");
    assertThat(allowed.get("relative_path").getAsString()).isEqualTo(REPOSITORY);
    assertThat(allowed.get("user_id").getAsString()).isEqualTo("7");
    JsonObject environment =
        JsonParser.parseString(allowed.get("env").getAsString()).getAsJsonObject();
    assertThat(environment.get("GIT_OBJECT_DIRECTORY_RELATIVE").getAsString())
        .startsWith("objects/tmp_objdir-incoming-");
    assertThat(gitlab.calls("pre_receive").getFirst().body())
        .hasToString("{\"gl_repository\":\"project-1\"}");
    JsonObject told = gitlab.calls("post_receive").getFirst().body();
    assertThat(told.get("gl_repository").getAsString()).isEqualTo("project-1");
    assertThat(told.get("identifier").getAsString()).isEqualTo("user-7");
    assertThat(told.get("changes").getAsString()).isEqualTo(change);
    assertThat(told.get("push_options")).hasToString("[\"ci.skip\"]");
    assertThat(notices()).isEmpty();
    String token = gitlab.calls("allowed").getFirst().token();
    new JwtVerifier(
            Secret.of(SECRET),
            Optional.empty(),
            Optional.of("gitlab-shell"),
            InstantSource.system())
        .verify(token);
    assertThat(new String(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), UTF_8))
        .contains("\"iss\":\"gitlab-shell\"");
  }

  @Test
  void showsTheRefusalToThePusherAndKeepsNothing() throws IOException {
    gitlab.answer(
        "allowed", 401, "{\"status\":false,\"message\":\"You are not allowed to push code.\"}");
    String commit = work.commit("first");

    Command.Output refused = work.command("push", "origin", "HEAD:main").run();

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.stderr())
        .contains("remote: GitLab: You are not allowed to push code.")
        .contains("[remote rejected]")
        .contains("pre-receive hook declined");
    assertThat(gitlab.paths()).containsExactly("allowed");
    assertThat(work.run("ls-remote", "origin")).isEmpty();
    assertThat(objects()).noneMatch(file -> file.toString().endsWith(".pack"));
    assertThat(notices()).isEmpty();
    assertThat(commit).hasSize(40);
  }

  @Test
  void refusesAPushWithAClearTextWhenGitLabDoesNotAnswer() {
    gitlab.close();
    work.commit("first");

    Command.Output refused = work.command("push", "origin", "HEAD:main").run();

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.stderr())
        .contains(
            "remote: GitLab: Internal API unreachable, so the push was refused and nothing has changed. Try again in a moment.");
    assertThat(work.run("ls-remote", "origin")).isEmpty();
  }

  @Test
  void refusesAPushWhenTheAnswerIsNonsense() {
    gitlab.answer("allowed", 502, "<html>bad gateway</html>");
    work.commit("first");

    Command.Output refused = work.command("push", "origin", "HEAD:main").run();

    assertThat(refused.stderr()).contains("remote: GitLab: Internal API error (502)");
  }

  @Test
  void printsTheMessagesOfGitLab() {
    gitlab.answer(
        "post_receive",
        200,
        """
        {"reference_counter_decreased":true,"messages":[
          {"type":"basic","message":"To create a merge request, visit:\\n  http://example.com/new"},
          {"type":"alert","message":"Broadcast"}]}
        """);
    work.commit("first");

    Command.Output pushed = work.command("push", "origin", "HEAD:main").run();

    assertThat(pushed.exitCode()).isZero();
    assertThat(pushed.stderr().replaceAll(" +\n", "\n"))
        .contains("remote: To create a merge request, visit:\nremote:   http://example.com/new\n")
        .containsPattern("remote: =+\nremote: Broadcast\nremote: =+\n");
  }

  @Test
  void tellsGitLabLaterWhatItDidNotTakeAtOnce() {
    gitlab.answer("post_receive", 500, "{}");
    String commit = work.commit("first");

    work.run("push", "--quiet", "origin", "HEAD:main");
    assertThat(work.run("ls-remote", "origin", "main")).startsWith(commit);
    assertThat(notices()).hasSize(1);

    gitlab.answer("post_receive", 200, "{}");
    await().atMost(Duration.ofSeconds(20)).until(() -> notices().length == 0);
    var calls = gitlab.calls("post_receive");
    assertThat(calls.getLast().body()).isEqualTo(calls.getFirst().body());
  }

  @Test
  void losesNoNoticeWhenItIsStartedAnew() throws IOException {
    gitlab.answer("post_receive", 503, "{}");
    String commit = work.commit("first");
    work.run("push", "--quiet", "-o", "x=1", "origin", "HEAD:main");
    int port = gitlab.port();
    stopGitaly();
    gitlab.close();
    assertThat(notices()).hasSize(1);

    gitlab = FakeGitLab.startAt(port);
    startGitaly(gitlab.url());

    await().atMost(Duration.ofSeconds(20)).until(() -> notices().length == 0);
    JsonObject told = gitlab.calls("post_receive").getFirst().body();
    assertThat(told.get("changes").getAsString())
        .isEqualTo("0".repeat(40) + " " + commit + " refs/heads/main\n");
    assertThat(told.get("push_options")).hasToString("[\"x=1\"]");
  }

  @Test
  void dropsWhatGitLabWillNeverTakeAndSetsAsideWhatItCannotRead() throws IOException {
    gitlab.answer("post_receive", 404, "{}");
    work.commit("first");
    work.run("push", "--quiet", "origin", "HEAD:main");
    stopGitaly();
    Files.writeString(spool().resolve("000000000000001-000000.json"), "{\"half\":");

    startGitaly(gitlab.url());

    await().atMost(Duration.ofSeconds(20)).until(() -> notices().length == 1);
    assertThat(notices()[0]).isEqualTo("000000000000001-000000.json.broken");
  }

  @Test
  void tellsOnlyWhatReallyChanged() {
    String first = work.commit("first");
    work.run("push", "--quiet", "origin", "HEAD:main");
    GitCommand bare = GitCommand.in(gitaly.storage().resolve(REPOSITORY));
    bare.run("update-ref", "refs/heads/locked", first);
    work.run("fetch", "--quiet", "origin");
    String second = work.commit("second");
    createLock("locked");

    Command.Output pushed = work.command("push", "origin", "HEAD:main", "HEAD:locked").run();

    assertThat(pushed.stderr()).contains("locked");
    assertThat(pushed.exitCode()).isNotZero();
    assertThat(gitlab.calls("post_receive").getLast().body().get("changes").getAsString())
        .isEqualTo(first + " " + second + " refs/heads/main\n");
  }

  private void createLock(String branch) {
    try {
      Files.createFile(
          gitaly.storage().resolve(REPOSITORY).resolve("refs/heads/" + branch + ".lock"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void startGitaly(URI url) throws IOException {
    Path secret = directory.resolve("shell-secret");
    Files.writeString(secret, SECRET + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    gitaly = TestGitaly.start(directory, settings -> settings.withGitLab(url, secret));
    http = HttpBridge.start(gitaly.channel());
  }

  private void stopGitaly() {
    http.close();
    gitaly.close();
  }

  private Path spool() {
    return gitaly.storage().resolve("+gitaly/notices");
  }

  private String[] notices() {
    try (Stream<Path> files = Files.list(spool())) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> !name.endsWith(".tmp"))
          .toArray(String[]::new);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Path[] objects() throws IOException {
    try (Stream<Path> files = Files.walk(gitaly.storage().resolve(REPOSITORY).resolve("objects"))) {
      return files.toArray(Path[]::new);
    }
  }
}
