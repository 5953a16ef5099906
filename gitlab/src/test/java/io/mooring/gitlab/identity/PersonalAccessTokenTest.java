package io.mooring.gitlab.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.Browser;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(GitLabUnderTest.class)
class PersonalAccessTokenTest {
  @Test
  void showsTheSecretOnceAndStoresOnlyItsDigest(Running gitlab) {
    Person person = gitlab.newUser();

    Api.Answer made =
        gitlab
            .root()
            .post(
                "/api/v4/users/" + person.id() + "/personal_access_tokens",
                "name",
                "ci",
                "scopes",
                List.of("api"))
            .expect(201);
    String secret = made.json().path("token").asString();
    Api.Answer read = person.api().get("/api/v4/personal_access_tokens/" + made.id()).expect(200);

    assertThat(secret).matches("glpat-[A-Za-z0-9_-]{28}");
    assertThat(read.json().has("token")).isFalse();
    assertThat(read.json().path("active").asBoolean()).isTrue();
    assertThat(
            gitlab.sqlValue(
                "select count(*) from personal_access_tokens where digest = '\\x"
                    + java.util.HexFormat.of().formatHex(TokenDigest.of(secret))
                    + "'"))
        .isEqualTo("1");
    new Api(gitlab.application().url(), secret).get("/api/v4/user").expect(200);
  }

  @Test
  void isWorthNothingOnceRevokedOrExpired(Running gitlab) {
    Person person = gitlab.newUser();
    Api revoked = token(gitlab, person, "api");
    Api expired = token(gitlab, person, "api");
    long id = expired.get("/api/v4/personal_access_tokens/self").id();
    gitlab.sql("update personal_access_tokens set expires_at = current_date where id = " + id);

    revoked.delete("/api/v4/personal_access_tokens/self").expect(204);

    assertThat(revoked.get("/api/v4/user").expect(401).json().path("error_description").asString())
        .startsWith("Token was revoked");
    assertThat(expired.get("/api/v4/user").expect(401).json().path("error_description").asString())
        .startsWith("Token is expired");
    assertThat(
            new Api(gitlab.application().url(), "glpat-x").get("/api/v4/user").expect(401).body())
        .isEqualTo("{\"message\":\"401 Unauthorized\"}");
  }

  @Test
  void readsButDoesNotWriteWithTheReadScope(Running gitlab) {
    Api reader = token(gitlab, gitlab.newUser(), "read_api");
    Api other = token(gitlab, gitlab.newUser(), "k8s_proxy");

    reader.get("/api/v4/user").expect(200);
    assertThat(reader.post("/api/v4/projects", "name", "x").expect(403).body())
        .contains("\"error\":\"insufficient_scope\"")
        .contains("\"scope\":\"api\"");
    assertThat(other.get("/api/v4/user").expect(403).json().path("scope").asString())
        .isEqualTo("api read_api");
  }

  @Test
  void worksAsABearerToo(Running gitlab) {
    gitlab
        .anonymous()
        .with("Authorization", "Bearer " + gitlab.root().token())
        .get("/api/v4/user")
        .expect(200);
  }

  @Test
  void isMadeByItsOwnerInASessionButNotByAnotherToken(Running gitlab) {
    Person person = gitlab.newUser();
    Browser browser = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);
    String body = Api.object("name", "mine", "scopes", List.of("read_api", "k8s_proxy"));

    browser.api().post("/api/v4/personal_access_tokens", body).expect(201);
    person.api().post("/api/v4/personal_access_tokens", body).expect(403);
  }

  @Test
  void refusesWhatCannotBeAToken(Running gitlab) {
    String path = "/api/v4/users/1/personal_access_tokens";
    String late = LocalDate.now(ZoneOffset.UTC).plusDays(366).toString();

    assertThat(gitlab.root().post(path, "{}").expect(400).body())
        .isEqualTo("{\"error\":\"name is missing, scopes is missing, name is invalid\"}");
    gitlab.root().post(path, "name", "x", "scopes", List.of("sudo")).expect(400);
    gitlab.root().post(path, "name", "x", "scopes", List.of("api"), "expires_at", late).expect(400);
    gitlab
        .root()
        .post(path, "name", "x", "scopes", List.of("api"), "expires_at", "2020-01-01")
        .expect(400);
    gitlab
        .root()
        .post(path, "name", "x", "scopes", List.of("api"), "expires_at", "soon")
        .expect(400);
  }

  private static Api token(Running gitlab, Person person, String scope) {
    String secret =
        gitlab
            .root()
            .post(
                "/api/v4/users/" + person.id() + "/personal_access_tokens",
                "name",
                "t",
                "scopes",
                List.of(scope))
            .expect(201)
            .json()
            .path("token")
            .asString();
    return new Api(gitlab.application().url(), secret);
  }
}
