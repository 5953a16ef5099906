package io.mooring.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultTest {
  @TempDir Path directory;

  @Test
  void aWrittenResultIsReadAsItWas() throws Exception {
    Result result = result();

    Path file = directory.resolve("folder/B1.json");
    result.write(file);

    assertThat(Result.read(file)).isEqualTo(result);
  }

  @Test
  void aSectionHasTheFiguresBesideTheirTargets() {
    String section = result().section();

    assertThat(section)
        .startsWith("## B1: requests\n\nCommit c0ffee, 2026-11-23. a processor, 2 cores")
        .contains("| through kas | 3 | 100 | 200 | 300 | 300 | req/s | >= 15000 |")
        .endsWith("\nNote.\n");
  }

  @Test
  void figuresOfOneNameShareARow() {
    Figures figures = new Figures();

    figures.add("rate", 2, "req/s", ">= 1");
    figures.add("other", 5, "us");
    figures.add("rate", 1, "req/s", ">= 1");

    assertThat(figures.rows())
        .extracting(Report.Row::name, Report.Row::samples)
        .containsExactly(tuple("rate", List.of(1.0, 2.0)), tuple("other", List.of(5.0)));
  }

  @Test
  void countsWhatRedisWasAskedWithoutTheOneWhoAsks() {
    String told =
        """
        # Commandstats
        cmdstat_hgetall:calls=7,usec=10,usec_per_call=1.4
        cmdstat_config|resetstat:calls=1,usec=3,usec_per_call=3
        cmdstat_info:calls=2,usec=3,usec_per_call=3
        cmdstat_hset:calls=5,usec=3,usec_per_call=3
        """;

    assertThat(RedisCommands.counted(told)).isEqualTo(12);
  }

  @Test
  void saysHowManyFileDescriptorsAreMissing() {
    List<String> limits =
        List.of("Limit  Soft Limit  Hard Limit  Units", "Max open files   1024   4096   files");

    FileDescriptors.require(500, limits);

    assertThatThrownBy(() -> FileDescriptors.require(1_000, limits))
        .hasMessageContaining("1,500 file descriptors")
        .hasMessageContaining("1,024")
        .hasMessageContaining("ulimit -n 1500");
  }

  private static Result result() {
    return new Result(
        "B1",
        "requests",
        "2026-11-23T10:00:00Z",
        new Machine("a processor", 2, 1024, "25", "c0ffee"),
        List.of(new Report.Row("through kas", List.of(300.0, 100.0, 200.0), "req/s", ">= 15000")),
        List.of("Note."));
  }
}
