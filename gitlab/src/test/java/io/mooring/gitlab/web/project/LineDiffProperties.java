package io.mooring.gitlab.web.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LineDiffProperties {
  @Property(tries = 300)
  void holdsBothSidesInOrder(
      @ForAll("texts") List<String> before, @ForAll("texts") List<String> after) {
    List<LineDiff.Line> lines = LineDiff.of(before, after);

    assertThat(side(lines, LineDiff.Kind.ADDED)).isEqualTo(before);
    assertThat(side(lines, LineDiff.Kind.REMOVED)).isEqualTo(after);
  }

  @Property(tries = 300)
  void keepsAsManyLinesAsTheLongestCommonSequence(
      @ForAll("texts") List<String> before, @ForAll("texts") List<String> after) {
    long same =
        LineDiff.of(before, after).stream()
            .filter(line -> line.kind() == LineDiff.Kind.SAME)
            .count();

    assertThat(same).isEqualTo(longestCommon(before, after));
  }

  @Property(tries = 300)
  void numbersLinesAsTheyStand(
      @ForAll("texts") List<String> before, @ForAll("texts") List<String> after) {
    for (LineDiff.Line line : LineDiff.of(before, after)) {
      if (line.before() > 0) {
        assertThat(before.get(line.before() - 1)).isEqualTo(line.text());
      }
      if (line.after() > 0) {
        assertThat(after.get(line.after() - 1)).isEqualTo(line.text());
      }
    }
  }

  @Provide
  Arbitrary<List<String>> texts() {
    return Arbitraries.of("a", "b", "c", "d").list().ofMaxSize(14);
  }

  private static List<String> side(List<LineDiff.Line> lines, LineDiff.Kind without) {
    var side = new ArrayList<String>();
    for (LineDiff.Line line : lines) {
      if (line.kind() != without) {
        side.add(line.text());
      }
    }
    return side;
  }

  private static int longestCommon(List<String> before, List<String> after) {
    int[][] lengths = new int[before.size() + 1][after.size() + 1];
    for (int i = 1; i <= before.size(); i++) {
      for (int j = 1; j <= after.size(); j++) {
        lengths[i][j] =
            before.get(i - 1).equals(after.get(j - 1))
                ? lengths[i - 1][j - 1] + 1
                : Math.max(lengths[i - 1][j], lengths[i][j - 1]);
      }
    }
    return lengths[before.size()][after.size()];
  }
}
