package io.mooring.kas.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.kas.access.Credential.JobToken;
import io.mooring.kas.access.Credential.SessionCookie;
import io.mooring.protocol.secret.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.StringLength;

class AccessProperties {
  @Property(tries = 2000)
  @Tag("fault-64")
  void anythingIsACredentialOrRefused(
      @ForAll("header") String authorization, @ForAll("header") String cookie) {
    for (Head head :
        List.of(
            new Head().header("Authorization", authorization),
            new Head().header("Authorization", "Bearer " + authorization),
            new Head()
                .header("Cookie", "_gitlab_kas=" + cookie)
                .header("Gitlab-Agent-Id", authorization)
                .header("X-Csrf-Token", cookie))) {
      try {
        assertThat(Credentials.parse(head).toString()).contains("***");
      } catch (InvalidCredentialException e) {
        assertThat(e.detail()).isNotEmpty();
      }
    }
  }

  @Property(tries = 1000)
  void readsBackEveryToken(@ForAll long agentId, @ForAll @NotEmpty String token) throws Exception {
    Head head = new Head().header("Authorization", "Bearer ci:" + agentId + ":" + token);

    assertThat(Credentials.parse(head)).isEqualTo(new JobToken(agentId, Secret.of(token)));
  }

  @Property(tries = 1000)
  void readsBackEveryEncodedCookie(@ForAll("text") String value) throws Exception {
    Head head =
        new Head()
            .header("Cookie", "_gitlab_kas=" + URLEncoder.encode(value, StandardCharsets.UTF_8))
            .header("Gitlab-Agent-Id", "5")
            .header("X-Csrf-Token", "t");

    assertThat(Credentials.parse(head))
        .isEqualTo(new SessionCookie(5, Secret.of(value), Secret.of("t")));
  }

  @Property(tries = 2000)
  @Tag("fault-64")
  void anyPathIsARequestAndNoneGetsAroundALimitOfNamespaces(
      @ForAll("method") String method, @ForAll("path") String path) {
    KubernetesRequest request = KubernetesRequest.of(method, path, name -> List.of());
    Ceiling ceiling =
        new Ceiling(
            Optional.empty(),
            Optional.empty(),
            Optional.of(List.of("mine")),
            Optional.empty(),
            true);

    boolean allowed = ceiling.refusal(request).isEmpty();

    assertThat(!allowed || !request.resourceRequest() || request.namespace().equals("mine"))
        .as(path)
        .isTrue();
  }

  @Property(tries = 1000)
  void aPatternWithoutStarsMatchesItselfOnly(
      @ForAll @StringLength(max = 6) String one, @ForAll @StringLength(max = 6) String other) {
    String pattern = one.replace("*", "x");

    assertThat(Wildcard.matches(pattern, pattern)).isTrue();
    assertThat(Wildcard.matches(pattern, other)).isEqualTo(pattern.equals(other));
    assertThat(Wildcard.matches(pattern + "*", pattern + other)).isTrue();
    assertThat(Wildcard.matches("*" + pattern, other + pattern)).isTrue();
  }

  @Provide
  Arbitrary<String> header() {
    return Arbitraries.strings().withChars("cipat:%+2fF0123456789-_;=\" \\é\t").ofMaxLength(30);
  }

  @Provide
  Arbitrary<String> text() {
    return Arbitraries.strings().withChars("ab+/= %;,\"é\u20ac").ofMinLength(1).ofMaxLength(20);
  }

  @Provide
  Arbitrary<String> method() {
    return Arbitraries.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get", "X");
  }

  @Provide
  Arbitrary<String> path() {
    return Arbitraries.of(
            "api",
            "apis",
            "v1",
            "apps",
            "namespaces",
            "mine",
            "other",
            "pods",
            "exec",
            "watch",
            "proxy",
            "status",
            "..",
            ".",
            "",
            "\\")
        .list()
        .ofMaxSize(9)
        .map(parts -> "/" + String.join("/", parts));
  }
}
