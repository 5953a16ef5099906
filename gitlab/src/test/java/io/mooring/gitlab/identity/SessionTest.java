package io.mooring.gitlab.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.Browser;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(GitLabUnderTest.class)
class SessionTest {
  @Test
  void letsAUserInWhoReadsWithTheCookieAndWritesWithTheToken(Running gitlab) {
    Person person = gitlab.newUser();
    Browser browser = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);

    assertThat(browser.withoutToken().get("/api/v4/user").expect(200).json().path("id").asLong())
        .isEqualTo(person.id());
    browser.api().post("/api/v4/projects", "name", "by-browser").expect(201);
  }

  @Test
  @Tag("fault-10")
  void refusesAChangeWithoutTheTokenOrWithThatOfAnotherSession(Running gitlab) {
    Person person = gitlab.newUser();
    Browser browser = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);
    Browser other = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);

    Api.Answer without = browser.withoutToken().post("/api/v4/projects", "name", "x");
    Api.Answer foreign =
        browser
            .withoutToken()
            .with("X-CSRF-Token", other.csrfToken())
            .post("/api/v4/projects", "name", "x");

    assertThat(without.status()).isEqualTo(401);
    assertThat(without.body()).isEqualTo("{\"message\":\"401 Unauthorized\"}");
    assertThat(foreign.status()).isEqualTo(401);
  }

  @Test
  @Tag("fault-10")
  void refusesASignInWithoutTheTokenOfItsForm(Running gitlab) {
    Person person = gitlab.newUser();
    Browser form = Browser.atForm(gitlab);

    Api.Answer answer =
        form.withoutToken()
            .post("/users/sign_in", "login", person.username(), "password", Person.PASSWORD);

    assertThat(answer.status()).isEqualTo(422);
  }

  @Test
  void takesTheFormOfABrowser(Running gitlab) {
    Person person = gitlab.newUser();
    Browser form = Browser.atForm(gitlab);
    String body =
        "user%5Blogin%5D="
            + person.username()
            + "&user%5Bpassword%5D="
            + Person.PASSWORD.replace(' ', '+')
            + "&authenticity_token="
            + form.csrfToken();

    Api.Answer answer =
        form.withoutToken()
            .with("Content-Type", "application/x-www-form-urlencoded")
            .post("/users/sign_in", body);

    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.header("Location")).isEqualTo("/");
    assertThat(answer.header("Set-Cookie"))
        .startsWith("_gitlab_session=")
        .contains("HttpOnly")
        .contains("SameSite=Lax");
  }

  @Test
  void changesTheSessionWhenSomebodySignsIn(Running gitlab) {
    Person person = gitlab.newUser();
    Browser form = Browser.atForm(gitlab);

    form.api()
        .post("/users/sign_in", "login", person.username(), "password", Person.PASSWORD)
        .expect(201);

    // Who planted the first cookie learns nothing: it is worth nothing now.
    form.withoutToken().get("/api/v4/user").expect(401);
  }

  @Test
  void endsASession(Running gitlab) {
    Browser browser = Browser.signedIn(gitlab, gitlab.newUser().username(), Person.PASSWORD);

    assertThat(browser.api().post("/users/sign_out").status()).isEqualTo(302);

    browser.withoutToken().get("/api/v4/user").expect(401);
  }

  @Test
  void stopsWhoGuessesAPasswordButOnlyThere(Running gitlab) {
    Person person = gitlab.newUser();
    Browser form = Browser.atForm(gitlab);
    for (int i = 0; i < SignInThrottle.PER_NAME_AND_ADDRESS; i++) {
      form.api()
          .post("/users/sign_in", "login", person.username(), "password", "wrong" + i)
          .expect(401);
    }

    Api.Answer right =
        form.api().post("/users/sign_in", "login", person.username(), "password", Person.PASSWORD);
    gitlab.sql("delete from sign_in_failures where subject like 'address:%'");

    assertThat(right.status()).isEqualTo(429);
    Browser.signedIn(gitlab, gitlab.newUser().username(), Person.PASSWORD);
  }

  @Test
  void tellsNothingOfWhetherAnAccountExists(Running gitlab) {
    Person person = gitlab.newUser();
    Browser form = Browser.atForm(gitlab);

    Api.Answer known =
        form.api().post("/users/sign_in", "login", person.username(), "password", "wrong");
    Api.Answer unknown =
        form.api().post("/users/sign_in", "login", "nobody-here", "password", "wrong");

    assertThat(known.status()).isEqualTo(401);
    assertThat(unknown.status()).isEqualTo(401);
    assertThat(known.body()).isEqualTo(unknown.body());
  }

  @Test
  void keepsABlockedUserOut(Running gitlab) {
    Person person = gitlab.newUser();
    Browser browser = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);
    gitlab.root().post("/api/v4/users/" + person.id() + "/block").expect(201);

    browser.withoutToken().get("/api/v4/user").expect(401);
    person.api().get("/api/v4/user").expect(403);
    Browser.atForm(gitlab)
        .api()
        .post("/users/sign_in", "login", person.username(), "password", Person.PASSWORD)
        .expect(401);
  }
}
