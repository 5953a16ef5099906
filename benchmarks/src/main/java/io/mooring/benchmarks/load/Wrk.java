package io.mooring.benchmarks.load;

import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Runs wrk: as many requests as a number of connections can make, each waiting for its answer. */
public final class Wrk {
  /** What a run may last beyond its time. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private static final Pattern FIGURES =
      Pattern.compile(
          "FIGURES requests=(\\d+) micros=(\\d+) p50=(\\d+) p99=(\\d+) errors=(\\d+) refused=(\\d+)");

  /** Each request goes as the next of the callers. */
  private static final String SCRIPT =
      """
      local callers = {CALLERS}
      local number = 0
      function request()
        if #callers > 0 then
          number = number % #callers + 1
          wrk.headers["Authorization"] = callers[number]
        end
        return wrk.format()
      end
      function done(summary, latency, requests)
        local errors = summary.errors
        io.write(string.format(
          "FIGURES requests=%d micros=%d p50=%d p99=%d errors=%d refused=%d\\n",
          summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
          errors.connect + errors.read + errors.write + errors.timeout, errors.status))
      end
      """;

  private final Path script;

  private Wrk(Path script) {
    this.script = script;
  }

  /**
   * Prepares runs; wrk must be installed.
   *
   * @param directory for its script
   */
  public static Wrk in(Path directory) {
    return new Wrk(directory.resolve("requests.lua"));
  }

  /**
   * What a run found.
   *
   * @param requests answered
   * @param seconds it lasted
   * @param p50Micros latency
   * @param p99Micros latency
   */
  public record Result(long requests, double seconds, double p50Micros, double p99Micros) {
    /** Requests a second. */
    public double rate() {
      return requests / seconds;
    }
  }

  /** Runs once against one endpoint, as {@link #run(List, String, int, Duration)} does. */
  public Result run(Endpoint endpoint, String path, int connections, Duration length)
      throws IOException {
    return run(List.of(endpoint), path, connections, length);
  }

  /**
   * Runs once.
   *
   * @param endpoints taken in turn; they differ in their credentials alone
   * @throws IOException when requests failed or were answered with an error: such a run measures
   *     nothing
   */
  public Result run(List<Endpoint> endpoints, String path, int connections, Duration length)
      throws IOException {
    Endpoint first = endpoints.getFirst();
    String callers =
        endpoints.stream()
            .flatMap(endpoint -> endpoint.bearer().stream())
            .map(token -> "\"Bearer " + token.text() + "\"")
            .collect(Collectors.joining(","));
    Files.writeString(script, SCRIPT.replace("CALLERS", callers));
    String output =
        Command.of(
                "wrk",
                "--threads",
                "1",
                "--connections",
                Integer.toString(connections),
                "--duration",
                length.toSeconds() + "s",
                "--timeout",
                "10s",
                "--script",
                script.toString(),
                first.url(path))
            .withBound(length.plus(GRACE))
            .output();
    return parse(first, output);
  }

  static Result parse(Endpoint endpoint, String output) throws IOException {
    Matcher figures = FIGURES.matcher(output);
    if (!figures.find()) {
      throw new IOException("wrk printed no figures but: " + output);
    }
    long requests = Long.parseLong(figures.group(1));
    long failed = Long.parseLong(figures.group(5)) + Long.parseLong(figures.group(6));
    if (requests == 0 || failed > 0) {
      throw new IOException(
          "%s: %d requests, of which %s broke and %s were answered with an error (expected: none)"
              .formatted(endpoint.name(), requests, figures.group(5), figures.group(6)));
    }
    return new Result(
        requests,
        Long.parseLong(figures.group(2)) / 1e6,
        Double.parseDouble(figures.group(3)),
        Double.parseDouble(figures.group(4)));
  }
}
