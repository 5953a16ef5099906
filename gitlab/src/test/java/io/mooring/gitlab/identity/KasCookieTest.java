package io.mooring.gitlab.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.Browser;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.kas.KasClient;
import io.mooring.gitlab.kas.KubernetesProxyUrl;
import io.mooring.protocol.secret.Secret;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cookie by which kas knows a browser, over the life of a session. */
@ExtendWith(GitLabUnderTest.class)
@Tag("fault-10")
class KasCookieTest {
  @BeforeEach
  void connectKas(Running gitlab) {
    gitlab.application().connectKas(URI.create("grpc://127.0.0.1:1"));
  }

  @Test
  void comesWithTheSignInChangesWithEachAndGoesWithTheSignOut(Running gitlab) {
    Person person = gitlab.newUser();

    String first = kasCookie(signIn(gitlab, person));
    String second = kasCookie(signIn(gitlab, person));
    Browser browser = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);
    String gone = kasCookie(browser.api().post("/users/sign_out"));

    assertThat(first)
        .matches(
            "_gitlab_kas=[A-Za-z0-9%]+--[A-Za-z0-9%]+--[A-Za-z0-9%]+; Path=/k8s-proxy; Max-Age=86400;"
                + " Expires=[^;]+; HttpOnly; SameSite=Lax");
    assertThat(second.replaceFirst(";.*", "")).isNotEqualTo(first.replaceFirst(";.*", ""));
    assertThat(gone).startsWith("_gitlab_kas=; Path=/k8s-proxy; Max-Age=0;");
  }

  @Test
  void isNotForWhoIsNotSignedInNorWithoutTheTokenOfThePage(Running gitlab) {
    Person person = gitlab.newUser();

    gitlab.anonymous().post("/-/kas_session").expect(401);
    Browser browser = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);
    browser.withoutToken().post("/-/kas_session").expect(422);
    person.api().post("/-/kas_session").expect(401);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "https://gitlab.example.com | https://kas.gitlab.example.com/k8s | /k8s | gitlab.example.com | true",
        "https://gitlab.example.com | https://kas.example.com              | /    | -                  | true",
        "https://gitlab.example.com | https://notgitlab.example.com/a/     | /a   | -                  | true",
        "http://gitlab.example.com  | http://gitlab.example.com/k8s-proxy/ | /k8s-proxy | -            | false",
      })
  void goesOnlyWhereKasIs(
      String own, String kasUrl, String path, String domain, boolean secure, Running gitlab) {
    var external = new ExternalUrl(Optional.of(URI.create(own)), "127.0.0.1");
    var proxy = new KubernetesProxyUrl(gitlab.configuration().kas(), external);
    proxy.tell(URI.create(kasUrl));
    var cookies =
        new SignInCookies(
            new SessionCookie(external.isSecure()),
            gitlab.bean(KasCookie.class),
            gitlab.bean(KasClient.class),
            proxy,
            external);

    for (String header : List.of(cookies.forKas(Secret.of("x")), cleared(cookies))) {
      assertThat(header).contains("; Path=" + path + ";");
      assertThat(header.contains("; Secure")).isEqualTo(secure);
      assertThat(header.contains("Domain=")).isEqualTo(domain != null);
      assertThat(domain == null || header.contains("; Domain=" + domain + ";")).isTrue();
    }
  }

  private static String cleared(SignInCookies cookies) {
    return cookies.clear().getOrEmpty("Set-Cookie").stream()
        .filter(header -> header.startsWith(KasCookie.NAME))
        .findFirst()
        .orElseThrow();
  }

  private static Api.Answer signIn(Running gitlab, Person person) {
    return Browser.atForm(gitlab)
        .api()
        .post("/users/sign_in", "login", person.username(), "password", Person.PASSWORD)
        .expect(201);
  }

  private static String kasCookie(Api.Answer answer) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(header -> header.startsWith(KasCookie.NAME))
        .findFirst()
        .orElseThrow();
  }
}
