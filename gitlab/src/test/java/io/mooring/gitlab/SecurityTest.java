package io.mooring.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What docs/security.md says and no other test shows, and that the tests it names are there. */
@ExtendWith(GitLabUnderTest.class)
class SecurityTest {
  private static final Pattern NAMED =
      Pattern.compile("`([A-Z]\\w+(?:Test|Properties))(?:\\.(\\w+))?`");

  @Test
  void storesPasswordsAsSlowHashes(Running gitlab) {
    Person one = gitlab.newUser();
    Person other = gitlab.newUser();

    String first = digest(gitlab, one);
    String second = digest(gitlab, other);

    assertThat(first).startsWith("$2a$11$").hasSize(60);
    // The same password twice: the salts differ.
    assertThat(first).isNotEqualTo(second);
  }

  @Test
  void endsSessionsThatAreNotUsed(Running gitlab) {
    Person person = gitlab.newUser();
    Browser browser = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);
    browser.withoutToken().get("/api/v4/user").expect(200);
    String left =
        gitlab.sqlValue(
            "select max(expires_at) between now() + interval '6 days 23 hours' and now() + interval '7 days'"
                + " from user_sessions where user_id = "
                + person.id());

    gitlab.sql(
        "update user_sessions set expires_at = now() - interval '1 second' where user_id = "
            + person.id());

    assertThat(left).isEqualTo("t");
    browser.withoutToken().get("/api/v4/user").expect(401);
  }

  @Test
  void keepsTheSessionCookieFromScripts(Running gitlab) {
    Api.Answer form = gitlab.anonymous().get("/users/sign_in").expect(200);

    String cookie =
        form.headers().allValues("Set-Cookie").stream()
            .filter(header -> header.startsWith("_gitlab_session="))
            .findFirst()
            .orElseThrow();

    assertThat(cookie).contains("; HttpOnly").contains("; SameSite=Lax").contains("; Path=/");
    String value = cookie.replaceFirst("^[^=]*=", "").replaceFirst(";.*", "");
    assertThat(gitlab.sqlValue("select count(*) from user_sessions where digest = '" + value + "'"))
        .isEqualTo("0");
  }

  @Test
  void allowsPagesNothingFromElsewhere(Running gitlab) {
    Person person = gitlab.newUser();
    Api page =
        Browser.signedIn(gitlab, person.username(), Person.PASSWORD)
            .withoutToken()
            .with("Accept", "text/html");

    for (String path : List.of("/dashboard", "/projects/new", "/no/such/page", "/-/help/api")) {
      Api.Answer answer = page.get(path);

      assertThat(answer.header("Content-Security-Policy"))
          .isEqualTo(
              "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'");
      assertThat(answer.header("Referrer-Policy")).isEqualTo("strict-origin-when-cross-origin");
      assertThat(answer.body()).doesNotContainPattern("<script(?![^>]*src=\"/assets/)");
      assertThat(answer.body()).doesNotContainPattern("(?i)\\son[a-z]+=|javascript:");
    }
  }

  @Test
  void namesOnlyTestsThatExist() throws IOException {
    Map<String, String> tests = sources();
    String text = Files.readString(Path.of("..", "docs", "security.md"));
    List<String> missing = new ArrayList<>();
    int named = 0;
    Matcher matcher = NAMED.matcher(text);
    while (matcher.find()) {
      named++;
      String source = tests.getOrDefault(matcher.group(1), "");
      boolean found =
          matcher.group(2) == null
              ? !source.isEmpty()
              : source.contains("void " + matcher.group(2) + "(");
      if (!found) {
        missing.add(matcher.group());
      }
    }

    assertThat(missing).isEmpty();
    assertThat(named).isGreaterThan(30);
  }

  private static Map<String, String> sources() throws IOException {
    try (var files = Files.walk(Path.of("src", "test", "java"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .collect(
              Collectors.toMap(
                  file -> file.getFileName().toString().replace(".java", ""),
                  SecurityTest::read,
                  (one, other) -> one + other));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String digest(Running gitlab, Person person) {
    return gitlab.sqlValue("select password_digest from users where id = " + person.id());
  }
}
