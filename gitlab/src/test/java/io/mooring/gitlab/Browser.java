package io.mooring.gitlab;

import io.mooring.gitlab.GitLabUnderTest.Running;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A browser that signed in, or that only looked at the form.
 *
 * @param cookie value of the session cookie
 * @param csrfToken token of its pages
 */
public record Browser(Running gitlab, String cookie, String csrfToken) {
  private static final Pattern TOKEN = Pattern.compile("name=\"csrf-token\" content=\"([^\"]+)\"");

  /** Looks at the sign-in form. */
  public static Browser atForm(Running gitlab) {
    Api.Answer form = gitlab.anonymous().get("/users/sign_in").expect(200);
    Matcher token = TOKEN.matcher(form.body());
    if (!token.find()) {
      throw new AssertionError("no token in " + form.body());
    }
    return new Browser(gitlab, cookie(form, "_gitlab_session"), token.group(1));
  }

  /** Signs in with JSON. */
  public static Browser signedIn(Running gitlab, String username, String password) {
    Browser form = atForm(gitlab);
    Api.Answer answer =
        form.api().post("/users/sign_in", "login", username, "password", password).expect(201);
    return new Browser(
        gitlab, cookie(answer, "_gitlab_session"), answer.json().path("csrf_token").asString());
  }

  /** Requests with cookie and token. */
  public Api api() {
    return withoutToken().with("X-CSRF-Token", csrfToken);
  }

  /** Requests with the cookie alone. */
  public Api withoutToken() {
    return gitlab.anonymous().with("Cookie", "_gitlab_session=" + cookie);
  }

  /** The cookie for kas, as kas reads it. */
  public String kasCookie() {
    Api.Answer answer = api().post("/-/kas_session").expect(204);
    return URLDecoder.decode(cookie(answer, "_gitlab_kas"), StandardCharsets.US_ASCII);
  }

  private static String cookie(Api.Answer answer, String name) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(header -> header.startsWith(name + "="))
        .map(header -> header.substring(name.length() + 1).replaceFirst(";.*", ""))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no cookie " + name));
  }
}
