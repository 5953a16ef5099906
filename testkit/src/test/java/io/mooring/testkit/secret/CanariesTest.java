package io.mooring.testkit.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CanariesTest {
  private final Canaries canaries = new Canaries();
  private final String token = canaries.secret("the agent token", "glagent-");

  @Test
  void passesTextWithoutASecret() {
    assertThat(token).startsWith("glagent-").hasSizeGreaterThan(30);
    assertThatCode(() -> canaries.assertAbsent("the log", "token=*** glagent-"))
        .doesNotThrowAnyException();
  }

  @Test
  void tellsWhichSecretIsWhereWithoutShowingIt() {
    assertThatThrownBy(() -> canaries.assertAbsent("the log", "sent " + token))
        .isInstanceOf(AssertionError.class)
        .hasMessage("the agent token is in the log at character 5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab", "user:"})
  void findsASecretInsideBase64(String before) {
    byte[] whole = (before + token + "\n").getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(
            () -> canaries.assertAbsent("a header", Base64.getEncoder().encodeToString(whole)))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void findsASecretInHexadecimalAndInAUrl() {
    canaries.add("a password", "p&ss wörd");

    assertThatThrownBy(() ->
            canaries.assertAbsent(
                "a dump", HexFormat.of().formatHex(token.getBytes(StandardCharsets.UTF_8))))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> canaries.assertAbsent("a URL", "?p=p%26ss+w%C3%B6rd"))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void findsASecretInAFile(@TempDir Path directory) throws Exception {
    canaries.assertAbsentBelow(directory);
    Files.createDirectory(directory.resolve("logs"));
    Files.writeString(directory.resolve("logs/kas.log"), "x" + token);

    assertThatThrownBy(() -> canaries.assertAbsentBelow(directory))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("kas.log at character 1");
  }

  @Test
  void capturesWhatIsPrinted() {
    var out = System.out;
    try (var captured = CapturedOutput.start()) {
      System.out.println("to out");
      System.err.println("to err");

      assertThat(captured.text()).isEqualTo("to out\nto err\n");
    }
    assertThat(System.out).isSameAs(out);
  }
}
