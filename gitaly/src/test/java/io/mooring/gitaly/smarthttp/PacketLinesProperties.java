package io.mooring.gitaly.smarthttp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.eclipse.jgit.transport.PacketLineIn;

/** Lines that we write are read by another implementation. */
class PacketLinesProperties {
  @Property(tries = 200)
  void comeBackAsTheyWereWritten(@ForAll List<@StringLength(min = 1, max = 2000) String> lines)
      throws IOException {
    var out = new ByteArrayOutputStream();
    for (String line : lines) {
      out.write(PacketLines.line(line));
    }
    out.write(PacketLines.flush());

    var in = new PacketLineIn(new ByteArrayInputStream(out.toByteArray()));

    for (String line : lines) {
      assertThat(in.readStringRaw()).isEqualTo(new String(line.getBytes(UTF_8), UTF_8));
    }
    assertThat(PacketLineIn.isEnd(in.readStringRaw())).isTrue();
  }

  @Example
  void areNeverLongerThanGitReadsThem() {
    assertThat(PacketLines.line("x".repeat(65516)))
        .hasSize(65520)
        .startsWith("fff0".getBytes(UTF_8));
    assertThatThrownBy(() -> PacketLines.line("x".repeat(65517)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
