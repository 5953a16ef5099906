package io.mooring.kas.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class RefAdvertisementProperties {
  @Property(tries = 2000)
  @Tag("fault-64")
  void anythingIsAnAdvertisementOrRefused(@ForAll @Size(max = 200) byte[] bytes) {
    read("HEAD", bytes, bytes.length);
  }

  @Property(tries = 2000)
  @Tag("fault-64")
  void aDamagedAdvertisementIsReadOrRefused(
      @ForAll @IntRange(min = 0, max = 200) int position,
      @ForAll byte damage,
      @ForAll @IntRange(min = 1, max = 9) int piece) {
    byte[] bytes =
        RefAdvertisementTest.refs("a".repeat(40) + " HEAD", "b".repeat(40) + " refs/heads/x")
            .getBytes(StandardCharsets.UTF_8);
    bytes[Math.min(position, bytes.length - 1)] = damage;

    read("refs/heads/x", bytes, piece);
  }

  @Property(tries = 500)
  void findsEveryRefWrittenIntoOne(
      @ForAll @Size(min = 1, max = 20) List<@StringLength(min = 1, max = 30) String> names,
      @ForAll @IntRange(min = 1, max = 300) int piece) {
    String[] lines = new String[names.size()];
    for (int i = 0; i < lines.length; i++) {
      lines[i] =
          String.format("%040x", i + 1)
              + " refs/heads/"
              + Integer.toHexString(names.get(i).hashCode())
              + "."
              + i;
    }
    byte[] bytes = RefAdvertisementTest.refs(lines).getBytes(StandardCharsets.UTF_8);

    for (String line : lines) {
      assertThat(read(line.substring(41), bytes, piece))
          .isEqualTo(new RefTip.Found(line.substring(0, 40)).toString());
    }
  }

  private static String read(String ref, byte[] bytes, int piece) {
    RefAdvertisement advertisement = new RefAdvertisement(ref);
    try {
      boolean more = true;
      for (int at = 0; more && at < bytes.length; at += piece) {
        more =
            advertisement.feed(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece)));
      }
      return advertisement.tip().toString();
    } catch (MalformedAdvertisementException e) {
      assertThat(e).hasMessageContaining("expected: ");
      return String.valueOf(e.getMessage());
    }
  }
}
