package io.mooring.gitlab.internalapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.secret.SecretFiles;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What Gitaly's hooks ask, beside what {@code GitHttpTest} shows with the real ones. */
@ExtendWith(GitLabUnderTest.class)
class HookTest {
  private static final String ZERO = "0".repeat(40);
  private static final String SOME = "1".repeat(40);
  private static final String CHANGE = ZERO + " " + SOME + " refs/heads/main\n";

  @Test
  void answersNobodyButGitaly(Running gitlab) {
    for (Api caller : new Api[] {gitlab.anonymous(), gitlab.root(), gitlab.kas()}) {
      assertThat(caller.post("/api/v4/internal/allowed", "{}").expect(401).body())
          .isEqualTo("{\"message\":\"401 Unauthorized\"}");
      caller.post("/api/v4/internal/post_receive", "{}").expect(401);
      caller.get("/api/v4/internal/check").expect(401);
    }
    hooks(gitlab).post("/api/v4/internal/kubernetes/usage_metrics", "{}").expect(401);
  }

  @Test
  void tellsWhatItIs(Running gitlab) {
    assertThat(
            hooks(gitlab)
                .get("/api/v4/internal/check")
                .expect(200)
                .json()
                .path("api_version")
                .asString())
        .isEqualTo("v4");
  }

  @Test
  void allowsMembersByIdOrName(Running gitlab) {
    long project = gitlab.newProject("private");
    Person developer = gitlab.newMember(project, 30);

    Api.Answer byId = allowed(gitlab, project, "user_id", Long.toString(developer.id()), CHANGE);
    Api.Answer byName = allowed(gitlab, project, "username", developer.username(), CHANGE);

    assertThat(byId.status()).isEqualTo(200);
    assertThat(byId.json().path("status").asBoolean()).isTrue();
    assertThat(byId.json().path("gl_username").asString()).isEqualTo(developer.username());
    assertThat(byName.status()).isEqualTo(200);
  }

  @Test
  void saysWhyAPushIsNotAllowed(Running gitlab) {
    long project = gitlab.newProject("private");
    Person reporter = gitlab.newMember(project, 20);
    Person stranger = gitlab.newUser();

    Api.Answer denied = allowed(gitlab, project, "user_id", "" + reporter.id(), CHANGE);
    Api.Answer unseen = allowed(gitlab, project, "user_id", "" + stranger.id(), CHANGE);
    Api.Answer unknown = allowed(gitlab, 99_999_999, "user_id", "" + reporter.id(), CHANGE);
    Api.Answer garbled = allowed(gitlab, project, "user_id", "1", "what?");

    assertThat(denied.status()).isEqualTo(401);
    assertThat(denied.json().path("message").asString())
        .isEqualTo("You are not allowed to push code to this project.");
    assertThat(denied.json().path("status").asBoolean(true)).isFalse();
    assertThat(unseen.status()).isEqualTo(404);
    assertThat(unknown.body()).isEqualTo(unseen.body());
    assertThat(garbled.status()).isEqualTo(401);
  }

  @Test
  void countsReferencesOfKnownProjectsOnly(Running gitlab) {
    long project = gitlab.newProject("private");

    assertThat(
            hooks(gitlab)
                .post("/api/v4/internal/pre_receive", "gl_repository", "project-" + project)
                .expect(200)
                .body())
        .isEqualTo("{\"reference_counter_increased\":true}");
    assertThat(
            hooks(gitlab)
                .post("/api/v4/internal/pre_receive", "gl_repository", "wiki-1")
                .expect(200)
                .json()
                .path("reference_counter_increased")
                .asBoolean(true))
        .isFalse();
  }

  @Test
  void takesNoteOfAPush(Running gitlab) {
    long project = gitlab.newProject("private");

    Api.Answer answer =
        hooks(gitlab)
            .post(
                "/api/v4/internal/post_receive",
                "gl_repository",
                "project-" + project,
                "identifier",
                "user-1",
                "changes",
                CHANGE);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("reference_counter_decreased").asBoolean()).isTrue();
    assertThat(answer.json().path("messages").isEmpty()).isTrue();
  }

  private static Api hooks(Running gitlab) {
    var secret = SecretFiles.trimmed("hook", gitlab.configuration().gitaly().hookSecretFile());
    return gitlab
        .anonymous()
        .with(
            "Gitlab-Shell-Api-Request",
            JwtSigner.gitalyToGitLab(secret, InstantSource.system()).token());
  }

  private static Api.Answer allowed(
      Running gitlab, long project, String key, String value, String changes) {
    return hooks(gitlab)
        .post(
            "/api/v4/internal/allowed",
            "action",
            "git-receive-pack",
            "gl_repository",
            "project-" + project,
            "changes",
            changes,
            key,
            value,
            "protocol",
            "http");
  }
}
