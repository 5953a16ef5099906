package io.mooring.kas.gitops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.kas.git.TreeScope;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {
  @Tag("wire-87")
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "a/b.yaml a false",
        "*.yaml . false",
        "bla/**/*.yaml bla true",
        "**/*.yaml . true",
        "?bla/*.yaml . true",
        "/*.yaml . false",
        "/a/b/c*.yaml a/b false",
        "a/b[0-9].yaml a true",
        "a/{b,c/d}.yaml a true",
        "a/b{c,d}.yaml a false",
        "plain.yaml . false",
        "a/**.yaml a true",
        "a/b/ a/b false",
        "a\\*b/c.yaml . true"
      })
  void listsNoMoreOfTheTreeThanMatchesCanBeIn(String glob, String path, boolean recursive)
      throws Exception {
    assertThat(Glob.parse(glob).scope()).isEqualTo(new TreeScope(path, recursive));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "*.yaml a.yaml",
        "*.yaml .yaml",
        "* a",
        "a?c abc",
        "a?c a\u00fcc",
        "a?c a\uD83D\uDE00c",
        "[a-c].yaml b.yaml",
        "[^a-c].yaml d.yaml",
        "[!a-c].yaml d.yaml",
        "[\\]].yaml ].yaml",
        "[a\\-z].yaml -.yaml",
        "x[^y]z x/z",
        "{a,b}.yaml b.yaml",
        "{a,b{c,d}}.yaml bd.yaml",
        "{,x}a a",
        "{a,b/c}/*.yaml b/c/d.yaml",
        "**/*.{yaml,yml,json} a.yaml",
        "**/*.{yaml,yml,json} a/b/c.json",
        "** a/b/c",
        "a/** a/b/c",
        "a/** a",
        "a/**/b a/b",
        "a/**/b a/x/y/b",
        "a/**/b/**/c a/b/x/b/y/c",
        "**/**/b x/b",
        "a**b axxb",
        "a/**.yaml a/x.yaml",
        "/a/*.yaml a/x.yaml",
        "\\*.yaml *.yaml",
        "\\{a\\} {a}",
        "a,b a,b",
        "a\\/**/c a/b/c"
      })
  void matches(String glob, String path) throws Exception {
    assertThat(Glob.parse(glob).matches(path)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "*.yaml a/b.yaml",
        "*.yaml a.yml",
        "a?c a/c",
        "a?c ac",
        "[a-c].yaml d.yaml",
        "[z-a].yaml b.yaml",
        "{a,b}.yaml c.yaml",
        "a/**/b a/bb",
        "a/**/b ab",
        "a/** ab",
        "a**b a/b",
        "a/**.yaml a/x/y.yaml",
        "**a x/a",
        "a.yaml a-yaml",
        "a/*/c a/c",
        "\\*.yaml a.yaml",
        "a/**/** a"
      })
  void doesNotMatch(String glob, String path) throws Exception {
    assertThat(Glob.parse(glob).matches(path)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[", "[]", "[^]", "[a", "[a-", "[a-]x[", "{a", "{a,{b}", "a}", "a\\", "[\\", "{a,b}\\",
        "{a,[}"
      })
  void refusesBadSyntaxAndSaysWhere(String glob) {
    assertThatThrownBy(() -> Glob.parse(glob))
        .isInstanceOf(BadGlobException.class)
        .hasMessageContaining("at character")
        .hasMessageContaining("expected: ");
  }

  @Test
  void refusesAlternativesThatMultiplyWithoutEnd() {
    assertThatThrownBy(() -> Glob.parse("{a,b}".repeat(40)))
        .isInstanceOf(BadGlobException.class)
        .hasMessageContaining("at most " + Braces.MAX_EXPANDED + " characters");
  }

  @Tag("fault-64")
  @Test
  void answersAtOnceWhereBacktrackingWouldNotEnd() throws Exception {
    Glob glob = Glob.parse("*a".repeat(200) + "/**/" + "*a".repeat(200) + "b");
    String path = "a".repeat(2000) + "/" + "a".repeat(2000);

    Assertions.assertTimeout(Duration.ofSeconds(5), () -> assertThat(glob.matches(path)).isFalse());
  }
}
