package io.mooring.kas.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatusTextTest {
  @Test
  void leavesAShortTextAsItIs() {
    assertThat(StatusText.fitting("Config: \u00fc 100 %\n")).isEqualTo("Config: \u00fc 100 %\n");
  }

  @Test
  void cutsATextThatIsTooLongAfterEncoding() {
    assertThat(StatusText.fitting("x".repeat(10_000)))
        .hasSize(StatusText.MAX_ENCODED)
        .endsWith("x...");
    assertThat(StatusText.fitting("\u00fc".repeat(10_000)))
        .hasSize(3 + StatusText.MAX_ENCODED / 6 - 1);
    assertThat(StatusText.fitting("\uD83D\uDE00".repeat(10_000))).endsWith("\uD83D\uDE00...");
  }
}
