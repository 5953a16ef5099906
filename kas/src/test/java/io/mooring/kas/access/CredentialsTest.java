package io.mooring.kas.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mooring.kas.access.Credential.JobToken;
import io.mooring.kas.access.Credential.PersonalAccessToken;
import io.mooring.kas.access.Credential.SessionCookie;
import io.mooring.protocol.secret.Secret;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
  private static final String BOTH_IDS =
      "exactly one agent id must be provided either in the \"Gitlab-Agent-Id\" header or"
          + " \"gitlab-agent-id\" query parameter";
  private static final String BOTH_CSRF =
      "exactly one CSRF token must be provided either in the \"X-Csrf-Token\" header or"
          + " \"gitlab-csrf-token\" query parameter";

  @Test
  @Tag("wire-62")
  @Tag("wire-63")
  void readsTokensThatHoldColons() throws Exception {
    assertThat(Credentials.parse(bearer("Bearer ci:5:glcbt-64_a:b:c")))
        .isEqualTo(new JobToken(5, Secret.of("glcbt-64_a:b:c")));
    assertThat(Credentials.parse(bearer("Bearer pat:-7:glpat-x")))
        .isEqualTo(new PersonalAccessToken(-7, Secret.of("glpat-x")));
    assertThat(Credentials.parse(bearer("Bearer pat:+9223372036854775807::")).agentId())
        .isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @Tag("wire-62")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "Basic abc                          | expecting Bearer token",
        "bearer ci:5:x                      | expecting Bearer token",
        "Bearer                             | expecting Bearer token",
        "Bearer  ci:5:x                     | unknown token type",
        "Bearer x                           | invalid value",
        "Bearer ci:5                        | invalid value",
        "Bearer CI:5:x                      | unknown token type",
        "Bearer :5:x                        | unknown token type",
        "Bearer ci:five:x | failed to parse: strconv.ParseInt: parsing \"five\": invalid syntax",
        "Bearer ci::x     | failed to parse: strconv.ParseInt: parsing \"\": invalid syntax",
        "Bearer ci:٥:x    | failed to parse: strconv.ParseInt: parsing \"٥\": invalid syntax",
        "Bearer ci:9223372036854775808:x | failed to parse: strconv.ParseInt: parsing"
            + " \"9223372036854775808\": value out of range",
        "Bearer ci:5:                       | empty token",
      })
  void refusesOtherAuthorizationsInTheWordsOfTheOriginal(String header, String detail) {
    assertThat(detail(bearer(header))).isEqualTo("Authorization header: " + detail);
  }

  @Test
  @Tag("wire-62")
  void refusesToShowATokenInThePlaceOfAnAgentId() {
    assertThat(detail(bearer("Bearer ci:glpat-0123456789abcdefghijk:5")))
        .isEqualTo(
            "Authorization header: failed to parse: strconv.ParseInt: parsing \"***\": invalid"
                + " syntax");
  }

  @Test
  @Tag("wire-62")
  void refusesSeveralAuthorizations() {
    Head head = bearer("Bearer ci:5:x").header("authorization", "Bearer ci:5:x");

    assertThat(detail(head)).isEqualTo("Authorization header: expecting a single header, got 2");
  }

  @Test
  @Tag("wire-62")
  void readsTheCookieOfABrowserWithHeaders() throws Exception {
    Head head =
        new Head()
            .header("Cookie", "a=b; _gitlab_kas=abc%2B%2f+d%3D; c=d")
            .header("Gitlab-Agent-Id", "5")
            .header("X-Csrf-Token", "csrf");

    assertThat(Credentials.parse(head))
        .isEqualTo(new SessionCookie(5, Secret.of("abc+/ d="), Secret.of("csrf")));
  }

  @Test
  @Tag("wire-62")
  void readsTheParametersOfABrowsersWebSocket() throws Exception {
    Head head =
        new Head()
            .header("Cookie", "_gitlab_kas=\"key\"")
            .query("gitlab-agent-id", "5")
            .query("gitlab-csrf-token", "csrf");

    assertThat(Credentials.parse(head))
        .isEqualTo(new SessionCookie(5, Secret.of("key"), Secret.of("csrf")));
  }

  @Test
  @Tag("wire-62")
  void believesTheHeaderWhereTheParameterSaysSomethingElse() throws Exception {
    Head head = session().query("gitlab-agent-id", "6").query("gitlab-csrf-token", "another");

    assertThat(Credentials.parse(head))
        .isEqualTo(new SessionCookie(5, Secret.of("key"), Secret.of("csrf")));
  }

  @Test
  @Tag("wire-63")
  void ignoresTheCookieBesideAnAuthorization() throws Exception {
    assertThat(Credentials.parse(session().header("Authorization", "Bearer pat:9:glpat-x")))
        .isEqualTo(new PersonalAccessToken(9, Secret.of("glpat-x")));
    assertThat(detail(session().header("Authorization", "Basic x")))
        .isEqualTo("Authorization header: expecting Bearer token");
  }

  @Test
  @Tag("wire-62")
  void saysThatNothingIsPresented() {
    assertThat(detail(new Head())).isEqualTo("no valid credentials provided");
    assertThat(detail(new Head().header("Cookie", "other=1; _gitlab_kasx=2")))
        .isEqualTo("no valid credentials provided");
  }

  @ParameterizedTest
  @Tag("wire-62")
  @ValueSource(strings = {"%", "%4", "%zz", "a%0", "%ff", "caf\u00e9", "%４1"})
  void refusesACookieThatIsNotEncodedText(String value) {
    assertThat(detail(new Head().header("Cookie", "_gitlab_kas=" + value)))
        .isEqualTo("_gitlab_kas invalid cookie value");
  }

  @Test
  @Tag("wire-62")
  @Tag("fault-10")
  void refusesIncompleteSessionsInTheWordsOfTheOriginal() {
    Head noId = new Head().header("Cookie", "_gitlab_kas=key").header("X-Csrf-Token", "csrf");
    Head noCsrf = new Head().header("Cookie", "_gitlab_kas=key").header("Gitlab-Agent-Id", "5");

    assertThat(detail(new Head().header("Cookie", "_gitlab_kas=")))
        .isEqualTo("_gitlab_kas cookie value must not be empty");
    assertThat(detail(noId)).isEqualTo(BOTH_IDS);
    assertThat(detail(noId.query("gitlab-agent-id", "1").query("gitlab-agent-id", "1")))
        .isEqualTo(BOTH_IDS);
    assertThat(detail(noCsrf)).isEqualTo(BOTH_CSRF);
    assertThat(detail(session().header("Gitlab-Agent-Id", "5")))
        .isEqualTo("Gitlab-Agent-Id header must have exactly one value");
    assertThat(detail(session().header("X-Csrf-Token", "csrf")))
        .isEqualTo("X-Csrf-Token header must have exactly one value");
    assertThat(
            detail(new Head().header("Cookie", "_gitlab_kas=key").header("Gitlab-Agent-Id", "5x")))
        .isEqualTo("agent id in request: invalid value: \"5x\"");
  }

  @Test
  @Tag("fault-10")
  void refusesASecondCookieThatSomebodyPlanted() {
    assertThat(detail(session().header("Cookie", "_gitlab_kas=planted")))
        .isEqualTo("_gitlab_kas cookie must have exactly one value");
    assertThat(detail(new Head().header("Cookie", "_gitlab_kas=key; _gitlab_kas=key")))
        .isEqualTo("_gitlab_kas cookie must have exactly one value");
  }

  @Test
  void hidesEverySecret() throws Exception {
    assertThat(Credentials.parse(session()).toString()).doesNotContain("key", "csrf=csrf");
    assertThat(Credentials.parse(bearer("Bearer ci:5:canary")).toString()).doesNotContain("canary");
  }

  private static Head session() {
    return new Head()
        .header("Cookie", "_gitlab_kas=key")
        .header("Gitlab-Agent-Id", "5")
        .header("X-Csrf-Token", "csrf");
  }

  private static Head bearer(String value) {
    return new Head().header("Authorization", value);
  }

  private static String detail(Head head) {
    return catchThrowableOfType(InvalidCredentialException.class, () -> Credentials.parse(head))
        .detail();
  }
}
