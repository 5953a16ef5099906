package io.mooring.gitlab.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.Browser;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(GitLabUnderTest.class)
class PasswordTest {
  private static final String PATH = "/api/v4/user/password";
  private static final String FRESH = "another long password";

  @Test
  void endsEverySessionButTheOneThatGoesOn(Running gitlab) {
    Person person = gitlab.newUser();
    Browser here = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);
    Browser elsewhere = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);

    Api.Answer answer =
        here.api().put(PATH, Api.object("current_password", Person.PASSWORD, "password", FRESH));

    answer.expect(200);
    here.withoutToken().get("/api/v4/user").expect(401);
    elsewhere.withoutToken().get("/api/v4/user").expect(401);
    String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
    gitlab.anonymous().with("Cookie", cookie).get("/api/v4/user").expect(200);
    Browser.signedIn(gitlab, person.username(), FRESH);
    Browser.atForm(gitlab)
        .api()
        .post("/users/sign_in", "login", person.username(), "password", Person.PASSWORD)
        .expect(401);
    assertThat(
            gitlab.sqlValue(
                "select name from audit_events where entity_type = 'user' and entity_id = "
                    + person.id()
                    + " order by id desc limit 1"))
        .isEqualTo("user_password_updated");
  }

  @Test
  void wantsTheCurrentPasswordAndCountsWrongOnes(Running gitlab) {
    Person person = gitlab.newUser();
    String wrong = Api.object("current_password", "wrong wrong", "password", FRESH);

    for (int i = 0; i < 10; i++) {
      person.api().put(PATH, wrong).expect(403);
    }

    person.api().put(PATH, wrong).expect(429);
    gitlab.anonymous().put(PATH, wrong).expect(401);
    assertThat(
            person
                .api()
                .put(PATH, Api.object("current_password", Person.PASSWORD, "password", "short"))
                .expect(400)
                .body())
        .contains("is too short (minimum is 8 characters)");
  }

  @Test
  void canBeReplacedByAnAdministrator(Running gitlab) {
    Person person = gitlab.newUser();
    Browser browser = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);

    gitlab.root().put("/api/v4/users/" + person.id(), Api.object("password", FRESH)).expect(200);

    browser.withoutToken().get("/api/v4/user").expect(401);
    Browser.signedIn(gitlab, person.username(), FRESH);
    person.api().put("/api/v4/users/" + person.id(), Api.object("password", FRESH)).expect(403);
  }

  @Test
  void endsTheSessionsOfWhoIsBlocked(Running gitlab) {
    Person person = gitlab.newUser();
    Browser browser = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);

    gitlab.root().post("/api/v4/users/" + person.id() + "/block").expect(201);
    gitlab.root().post("/api/v4/users/" + person.id() + "/unblock").expect(201);

    browser.withoutToken().get("/api/v4/user").expect(401);
  }
}
