package io.mooring.protocol.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.protocol.SettingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretTest {
  @TempDir Path folder;

  @Test
  void showsNothingOfItself() {
    Secret secret = Secret.of("canary");

    assertThat(secret).hasToString("***");
    assertThat(new Holder(secret).toString()).doesNotContain("canary");
    assertThat(secret.text()).isEqualTo("canary");
  }

  record Holder(Secret secret) {}

  @Test
  void equalsASecretOfTheSameBytes() {
    assertThat(Secret.of("a"))
        .isEqualTo(Secret.of("a"))
        .isNotEqualTo(Secret.of("b"))
        .isNotEqualTo(Secret.of("ab"));
  }

  @Test
  void changesOfTheArrayDoNotReachIt() {
    byte[] bytes = {1, 2};
    Secret secret = Secret.of(bytes);

    bytes[0] = 9;
    secret.bytes()[1] = 9;

    assertThat(secret.bytes()).containsExactly(1, 2);
  }

  @Test
  @Tag("wire-25")
  void takesASecretOfExactlyTheWantedLengthWithItsLineBreak() throws Exception {
    Path file = file(Base64.getMimeEncoder().encodeToString(new byte[64]) + "\n");

    assertThat(SecretFiles.base64("secret_file", file, 64).length()).isEqualTo(64);
  }

  @Test
  @Tag("wire-25")
  @Tag("fault-66")
  void refusesASecretOfAnotherLengthNamingTheSetting() throws Exception {
    Path file = file(Base64.getEncoder().encodeToString(new byte[31]));

    assertThatThrownBy(() -> SecretFiles.base64("gitlab.authentication_secret_file", file, 32))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("gitlab.authentication_secret_file")
        .hasMessageContaining("31 bytes")
        .hasMessageContaining("32");
  }

  @Test
  @Tag("fault-66")
  void namesTheSettingOfAMissingFile() {
    assertThatThrownBy(() -> SecretFiles.verbatim("redis.password_file", folder.resolve("none")))
        .hasMessageContaining("redis.password_file")
        .hasMessageContaining("does not exist");
  }

  @Test
  void keepsTheContentOutOfErrors() throws Exception {
    Path file = file("canary!canary");

    assertThatThrownBy(() -> SecretFiles.base64("a", file)).hasMessageNotContaining("canary!");
  }

  @Test
  void takesOneLineBreakFromATokenAndNoMore() throws Exception {
    assertThat(SecretFiles.line("--token-file", file("token\n")).text()).isEqualTo("token");
    assertThat(SecretFiles.line("--token-file", file("token\r\n")).text()).isEqualTo("token");
    assertThat(SecretFiles.line("--token-file", file("token\n\n")).text()).isEqualTo("token\n");
    assertThat(SecretFiles.trimmed("a", file(" token \n\n")).text()).isEqualTo("token");
    assertThat(SecretFiles.verbatim("a", file("token\n")).text()).isEqualTo("token\n");
  }

  @Test
  void refusesAnEmptyToken() throws Exception {
    Path file = file("\n");

    assertThatThrownBy(() -> SecretFiles.line("--token-file", file))
        .hasMessageContaining("--token-file");
  }

  private Path file(String content) throws Exception {
    return Files.writeString(Files.createTempFile(folder, "secret", ""), content);
  }
}
