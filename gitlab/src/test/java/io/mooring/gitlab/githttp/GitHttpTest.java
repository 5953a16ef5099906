package io.mooring.gitlab.githttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.identity.Scope;
import io.mooring.testkit.git.GitCommand;
import io.mooring.testkit.process.Command.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(GitLabUnderTest.class)
class GitHttpTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "2"})
  void pushesClonesAndFetchesWithEveryProtocolVersion(String version, Running gitlab) {
    long project = gitlab.newProject("private");
    String url = gitlab.repository(project, "root", gitlab.root().token());
    GitCommand author = GitCommand.init(directory.resolve("author" + version));
    author.run("config", "protocol.version", version);
    author.write("a/b.txt", "one").commit("first");

    author.run("push", url, "main");
    GitCommand reader =
        GitCommand.in(directory)
            .withVariable("GIT_CONFIG_COUNT", "1")
            .withVariable("GIT_CONFIG_KEY_0", "protocol.version")
            .withVariable("GIT_CONFIG_VALUE_0", version)
            .cloneTo(url, "reader" + version);
    String second = author.write("a/b.txt", "two").commit("second");
    author.run("push", url, "main");
    reader.run("fetch", "origin");

    assertThat(reader.directory().resolve("a/b.txt")).hasContent("one");
    assertThat(reader.run("rev-parse", "origin/main")).isEqualTo(second);
  }

  @Test
  void clonesAnEmptyRepository(Running gitlab) {
    String url = gitlab.repository(gitlab.newProject("private"), "root", gitlab.root().token());

    GitCommand clone = GitCommand.in(directory).cloneTo(url, "empty");

    assertThat(clone.run("status", "--short")).isEmpty();
  }

  @Test
  void carriesAPackThatIsLargerThanAnyBuffer(Running gitlab) throws IOException {
    long project = gitlab.newProject("private");
    String url = gitlab.repository(project, "root", gitlab.root().token());
    GitCommand author = GitCommand.init(directory.resolve("author"));
    byte[] noise = new byte[24 << 20];
    new Random(1).nextBytes(noise);
    Files.write(author.directory().resolve("noise"), noise);
    author.commit("noise");

    author.run("push", url, "main");
    GitCommand clone = GitCommand.in(directory).cloneTo(url, "clone");

    assertThat(clone.directory().resolve("noise")).hasBinaryContent(noise);
  }

  @Test
  void acceptsThePasswordOfAUserAndRefusesAWrongOne(Running gitlab) {
    long project = gitlab.newProject("private");
    Person developer = gitlab.newMember(project, 30);
    GitCommand git = GitCommand.in(directory);
    String right =
        gitlab.repository(project, developer.username(), Person.PASSWORD.replace(" ", "%20"));
    String wrong = gitlab.repository(project, developer.username(), "wrong");

    assertThat(git.command("ls-remote", right).run().exitCode()).isZero();
    Output refused = git.command("ls-remote", wrong).run();

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.stderr()).contains("Authentication failed");
  }

  @Test
  void letsAnybodyCloneAPublicProjectButNobodyPushUnknown(Running gitlab) {
    long project = gitlab.newProject("public");
    GitCommand author = GitCommand.init(directory.resolve("author"));
    author.write("file", "text").commit("first");
    author.run("push", gitlab.repository(project, "root", gitlab.root().token()), "main");
    String anonymous = gitlab.application().url() + "/" + gitlab.path(project) + ".git";

    GitCommand clone = GitCommand.in(directory).cloneTo(anonymous, "clone");
    Output push = clone.command("push", "origin", "main").run();

    assertThat(clone.directory().resolve("file")).hasContent("text");
    assertThat(push.exitCode()).isNotZero();
  }

  @Test
  void asksForCredentialsBeforeTellingWhetherAProjectExists(Running gitlab) throws Exception {
    String hidden = gitlab.path(gitlab.newProject("private"));

    HttpResponse<String> existing =
        get(gitlab, hidden + ".git/info/refs?service=git-upload-pack", "");
    HttpResponse<String> missing =
        get(gitlab, "no/such/project.git/info/refs?service=git-upload-pack", "");

    assertThat(existing.statusCode()).isEqualTo(401);
    assertThat(missing.statusCode()).isEqualTo(401);
    assertThat(existing.body()).isEqualTo(missing.body());
    assertThat(existing.headers().firstValue("WWW-Authenticate"))
        .contains("Basic realm=\"GitLab\"");
  }

  @Test
  void hidesAProjectFromWhoIsNoMember(Running gitlab) throws Exception {
    String hidden = gitlab.path(gitlab.newProject("private"));
    Person stranger = gitlab.newUser();

    HttpResponse<String> response =
        get(
            gitlab,
            hidden + ".git/info/refs?service=git-upload-pack",
            basic(stranger.username(), stranger.api().token()));

    assertThat(response.statusCode()).isEqualTo(404);
  }

  @Test
  void keepsGuestsFromTheCodeAndReportersFromPushing(Running gitlab) throws Exception {
    long project = gitlab.newProject("private");
    String path = gitlab.path(project);
    Person guest = gitlab.newMember(project, 10);
    Person reporter = gitlab.newMember(project, 20);

    assertThat(status(gitlab, path, "git-upload-pack", guest)).isEqualTo(403);
    assertThat(status(gitlab, path, "git-upload-pack", reporter)).isEqualTo(200);
    assertThat(status(gitlab, path, "git-receive-pack", reporter)).isEqualTo(403);
  }

  @Test
  void wantsAScopeThatFitsTheService(Running gitlab) throws Exception {
    String path = gitlab.path(gitlab.newProject("private"));
    String reading = token(gitlab, Scope.READ_REPOSITORY);
    String writing = token(gitlab, Scope.WRITE_REPOSITORY);
    String other = token(gitlab, Scope.READ_API);

    assertThat(status(gitlab, path, "git-upload-pack", reading)).isEqualTo(200);
    assertThat(status(gitlab, path, "git-receive-pack", reading)).isEqualTo(403);
    assertThat(status(gitlab, path, "git-receive-pack", writing)).isEqualTo(200);
    assertThat(status(gitlab, path, "git-upload-pack", other)).isEqualTo(403);
  }

  @Test
  void refusesADeveloperWhoRewritesOrRemovesTheDefaultBranch(Running gitlab) {
    long project = gitlab.newProject("private");
    Person developer = gitlab.newMember(project, 30);
    Person maintainer = gitlab.newMember(project, 40);
    GitCommand git = GitCommand.init(directory.resolve("work"));
    git.write("file", "one").commit("first");
    String asDeveloper = gitlab.repository(project, developer.username(), developer.api().token());
    String asMaintainer =
        gitlab.repository(project, maintainer.username(), maintainer.api().token());
    git.run("push", asDeveloper, "main");
    git.run("push", asDeveloper, "main:other");
    git.write("file", "two").commit("second");
    git.run("push", asDeveloper, "main");
    git.run("commit", "--quiet", "--amend", "--message", "rewritten");

    Output forced = git.command("push", "--force", asDeveloper, "main").run();
    Output removed = git.command("push", asDeveloper, ":main").run();
    Output otherForced = git.command("push", "--force", asDeveloper, "main:other").run();
    Output maintained = git.command("push", "--force", asMaintainer, "main").run();

    assertThat(forced.exitCode()).isNotZero();
    assertThat(forced.stderr()).contains("not allowed to force push");
    assertThat(removed.stderr()).contains("not allowed to delete protected branches");
    assertThat(otherForced.exitCode()).isZero();
    assertThat(maintained.exitCode()).isZero();
  }

  @Test
  void sendsGitOnFromAnAddressWithoutItsSuffix(Running gitlab) {
    long project = gitlab.newProject("public");
    GitCommand author = GitCommand.init(directory.resolve("author"));
    author.write("file", "text").commit("first");
    author.run("push", gitlab.repository(project, "root", gitlab.root().token()), "main");

    String heads =
        GitCommand.in(directory)
            .run("ls-remote", gitlab.application().url() + "/" + gitlab.path(project));

    assertThat(heads).contains("refs/heads/main");
  }

  @Test
  void readsRequestsThatGitCompressed(Running gitlab) throws Exception {
    long project = gitlab.newProject("public");
    GitCommand author = GitCommand.init(directory.resolve("author"));
    String commit = author.write("file", "text").commit("first");
    author.run("push", gitlab.repository(project, "root", gitlab.root().token()), "main");
    String want = "0032want " + commit + "\n00000009done\n";
    var compressed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(compressed)) {
      gzip.write(want.getBytes(StandardCharsets.US_ASCII));
    }

    HttpResponse<byte[]> response =
        CLIENT.send(
            HttpRequest.newBuilder(
                    URI.create(
                        gitlab.application().url()
                            + "/"
                            + gitlab.path(project)
                            + ".git/git-upload-pack"))
                .header("Content-Type", "application/x-git-upload-pack-request")
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(compressed.toByteArray()))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(new String(response.body(), StandardCharsets.ISO_8859_1))
        .startsWith("0008NAK\nPACK");
  }

  @Test
  void makesTheFirstBranchOfARepositoryItsDefault(Running gitlab) {
    long project = gitlab.newProject("private");
    GitCommand author = GitCommand.init(directory.resolve("author"));
    author.write("file", "text").commit("first");

    author.run("push", gitlab.repository(project, "root", gitlab.root().token()), "main:trunk");

    assertThat(
            gitlab
                .root()
                .get("/api/v4/projects/" + project)
                .json()
                .path("default_branch")
                .asString())
        .isEqualTo("trunk");
  }

  @Test
  void refusesWhatIsNoGitRequest(Running gitlab) throws Exception {
    String path = gitlab.path(gitlab.newProject("public"));

    assertThat(get(gitlab, path + ".git/info/refs", "").statusCode()).isEqualTo(403);
    assertThat(get(gitlab, path + ".git/HEAD", "").statusCode()).isEqualTo(404);
    assertThat(gitlab.anonymous().post("/" + path + ".git/git-upload-pack", "a", "b").status())
        .isEqualTo(415);
  }

  private static String token(Running gitlab, Scope scope) {
    return gitlab
        .application()
        .createPersonalAccessToken("root", "scope", Set.of(scope), Duration.ofDays(1))
        .text();
  }

  private static int status(Running gitlab, String path, String service, Person person)
      throws Exception {
    return status(gitlab, path, service, person.api().token());
  }

  private static int status(Running gitlab, String path, String service, String token)
      throws Exception {
    return get(gitlab, path + ".git/info/refs?service=" + service, basic("any", token))
        .statusCode();
  }

  private static String basic(String username, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((username + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  private static HttpResponse<String> get(Running gitlab, String path, String authorization)
      throws Exception {
    var request = HttpRequest.newBuilder(URI.create(gitlab.application().url() + "/" + path));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
