package io.mooring.protocol.yaml;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.wire.agentcfg.ConfigurationFile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.Size;

@Tag("fault-46")
@Tag("fault-64")
class ProtoYamlProperties {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @Property
  void anyBytesAreAValueOrARejection(@ForAll @Size(max = 4096) byte[] content) {
    accept(content);
  }

  @Property(tries = 3000)
  void anyMixOfYamlIsAValueOrARejection(@ForAll("mixes") String text) {
    accept(text.getBytes(UTF_8));
  }

  private static void accept(byte[] content) {
    // Time of this thread alone: others may be busy.
    long start = THREADS.getCurrentThreadCpuTime();
    try {
      Parsed<ConfigurationFile> parsed =
          ProtoYaml.parse("config.yaml", content, ConfigurationFile.getDefaultInstance());
      assertThat(parsed.message()).isNotNull();
    } catch (InvalidDocumentException e) {
      assertThat(e.problems()).isNotEmpty();
    }
    assertThat(Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - start))
        .isLessThan(Duration.ofSeconds(1));
  }

  @Provide
  Arbitrary<String> mixes() {
    return Arbitraries.of(
            "gitops",
            "manifest_projects",
            "id",
            "observability",
            "logging",
            "level",
            "debug",
            ": ",
            ":",
            "\n",
            "\n  ",
            "\n    ",
            "- ",
            "[",
            "]",
            "{",
            "}",
            ", ",
            "&a ",
            "*a",
            "<<",
            "!!str ",
            "!x ",
            "'",
            "\"",
            "|\n",
            ">-\n",
            "#",
            "---\n",
            "...\n",
            "? ",
            "yes",
            "010",
            "1.5",
            ".inf",
            "~",
            "2001-01-01",
            "300s",
            "\t",
            "%YAML 1.1\n",
            "\u0000",
            "\ufeff",
            "\u2028",
            "\ud83d\ude00",
            "prune",
            "ref",
            "tag",
            "paths",
            "glob")
        .list()
        .ofMaxSize(40)
        .map(parts -> String.join("", parts));
  }
}
