package io.mooring.gitlab.ci;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {
  @ParameterizedTest
  @CsvSource({
    "production, production",
    "foo-, foo",
    "staging-12345678-, staging-12345678",
    "staging-1234567890123456, staging-1234567890123456",
    "PRODUCTION, production-######",
    "review/1-foo, review-1-foo-######",
    "1-foo, env-1-foo-######",
    "foo--bar, foo-bar-######",
    "*-foo, env-foo-######",
    "staging-12345678901234567, staging-123456789-######",
    "9-staging-123456789012345, env-9-staging-123-######",
  })
  void shortensNamesAsGitLabDoes(String name, String slug) {
    assertThat(Environment.slug(name)).matches(slug.replace("######", "[a-z0-9]{6}"));
    assertThat(Environment.isSlug(Environment.slug(name))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"review/feature-1, 1q251u", "PRODUCTION, vl4voz"})
  void endsAChangedNameWithTheEndOfItsDigestInBase36(String name, String end) {
    assertThat(Environment.slug(name)).endsWith("-" + end);
  }

  @ParameterizedTest
  @CsvSource({
    "production, PRODUCTION",
    "prd-eu, PRODUCTION",
    "gprd, PRODUCTION",
    "live, PRODUCTION",
    "staging, STAGING",
    "pre-prod, STAGING",
    "qa, TESTING",
    "acceptance-1, TESTING",
    "review/x, DEVELOPMENT",
    "Dev, DEVELOPMENT",
    "somewhere, OTHER",
  })
  void guessesTheTierFromTheName(String name, Environment.Tier tier) {
    assertThat(Environment.Tier.of(name)).isEqualTo(tier);
  }
}
