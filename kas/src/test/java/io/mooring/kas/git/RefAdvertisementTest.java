package io.mooring.kas.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefAdvertisementTest {
  private static final String A = "a".repeat(40);
  private static final String B = "b".repeat(40);
  private static final String C = "c".repeat(40);
  private static final String HEAD_LINES = packet("# service=git-upload-pack\n") + "0000";

  @Test
  void findsABranchAmongOthers() throws Exception {
    assertThat(
            tip(
                "refs/heads/main",
                refs(A + " HEAD", B + " refs/heads/mai", C + " refs/heads/main")))
        .isEqualTo(new RefTip.Found(C));
  }

  @Test
  void findsTheFirstLineInSpiteOfItsCapabilities() throws Exception {
    assertThat(tip("HEAD", refs(A + " HEAD", B + " refs/heads/main")))
        .isEqualTo(new RefTip.Found(A));
  }

  @Test
  void takesTheTagObjectAndNotWhatItPeelsTo() throws Exception {
    assertThat(tip("refs/tags/v1", refs(A + " HEAD", B + " refs/tags/v1", C + " refs/tags/v1^{}")))
        .isEqualTo(new RefTip.Found(B));
  }

  @ParameterizedTest
  @CsvSource({
    "refs/heads/master,refs/heads/main,b",
    "refs/heads/master,refs/heads/x,a",
    "refs/heads/x,refs/heads/main,b"
  })
  void fallsBackToMainThenMasterWithoutHead(String first, String second, String expected)
      throws Exception {
    assertThat(tip("HEAD", refs(A + " " + first, B + " " + second)))
        .isEqualTo(new RefTip.Found(expected.repeat(40)));
  }

  @Test
  void tellsAMissingRefFromAnEmptyRepository() throws Exception {
    assertThat(tip("refs/heads/x", refs(A + " HEAD"))).isEqualTo(new RefTip.Missing());
    assertThat(tip("HEAD", refs(A + " refs/heads/x"))).isEqualTo(new RefTip.Missing());
    assertThat(tip("refs/heads/x", HEAD_LINES + "0000")).isEqualTo(new RefTip.EmptyRepository());
  }

  @Test
  void countsThePseudoLineOfAnEmptyRepositoryAsARef() throws Exception {
    assertThat(tip("refs/heads/x", refs("0".repeat(40) + " capabilities^{}")))
        .isEqualTo(new RefTip.Missing());
  }

  @Test
  void wantsNoMoreOnceTheLineWasSeen() throws Exception {
    RefAdvertisement advertisement = new RefAdvertisement("HEAD");

    boolean more = advertisement.feed(bytes(HEAD_LINES + packet(A + " HEAD\0caps\n")));

    assertThat(more).isFalse();
    assertThat(advertisement.tip()).isEqualTo(new RefTip.Found(A));
  }

  @Test
  void doesNotCareWhereTheBytesAreCut() throws Exception {
    RefAdvertisement advertisement = new RefAdvertisement("refs/heads/main");

    for (byte next : bytes(refs(A + " HEAD", B + " refs/heads/x"))) {
      advertisement.feed(new byte[] {next});
    }

    assertThat(advertisement.tip()).isEqualTo(new RefTip.Missing());
  }

  @Test
  void readsObjectIdsOfSha256() throws Exception {
    assertThat(tip("HEAD", refs("d".repeat(64) + " HEAD")))
        .isEqualTo(new RefTip.Found("d".repeat(64)));
  }

  @Tag("fault-59")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0000",
        "xyz0",
        "0001",
        "0003",
        "fff1",
        "001e# service=git-receive-pack\n",
        "001e# service=git-upload-pack\n",
        "001e# service=git-upload-pack\n0000",
        "001e# service=git-upload-pack\n0008abcd0000",
        "001e# service=git-upload-pack\n000000000000",
        "001e# service=git-upload-pack\n00000005x",
        "001e# service=git-upload-pack\n0000000ano ref\0"
      })
  void refusesWhatIsNoAdvertisementAndSaysWhere(String text) {
    assertThatThrownBy(() -> tip("HEAD", text))
        .isInstanceOf(MalformedAdvertisementException.class)
        .hasMessageMatching("byte \\d+ of the ref advertisement: .+ \\(expected: .+\\)");
  }

  @Tag("fault-59")
  @Test
  void takesAnAdvertisementThatWasCutOffForNothing() {
    String whole = refs(A + " HEAD", B + " refs/heads/x");

    assertThatThrownBy(() -> tip("refs/heads/y", whole.substring(0, whole.length() - 4)))
        .isInstanceOf(MalformedAdvertisementException.class);
    assertThatThrownBy(() -> tip("refs/heads/y", whole.substring(0, whole.length() - 6)))
        .isInstanceOf(MalformedAdvertisementException.class);
  }

  private static RefTip tip(String ref, String text) throws MalformedAdvertisementException {
    RefAdvertisement advertisement = new RefAdvertisement(ref);
    advertisement.feed(bytes(text));
    return advertisement.tip();
  }

  static String refs(String... lines) {
    StringBuilder text = new StringBuilder(HEAD_LINES);
    for (int i = 0; i < lines.length; i++) {
      text.append(packet(lines[i] + (i == 0 ? "\0multi_ack agent=git/2.42\n" : "\n")));
    }
    return text.append("0000").toString();
  }

  private static String packet(String payload) {
    return String.format(Locale.ROOT, "%04x%s", bytes(payload).length + 4, payload);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
