package io.mooring.benchmarks;

import io.mooring.benchmarks.fleet.Fleet;
import io.mooring.benchmarks.loopback.Loops;
import io.mooring.benchmarks.standin.AgentTokens;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.KasAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./bench fleet}: simulated agents for a kas that runs already. */
@Command(
    name = "fleet",
    description = "Connects simulated agents to a kas of this machine.",
    mixinStandardHelpOptions = true)
final class FleetCommand implements Callable<Integer> {
  private static final Duration REPORT = Duration.ofSeconds(5);

  @Option(
      names = "--kas",
      required = true,
      paramLabel = "URL",
      description = "such as grpc://127.0.0.1:8150")
  private String kas = "";

  @Option(
      names = "--agents",
      defaultValue = "1000",
      paramLabel = "NUMBER",
      description = "how many; ${DEFAULT-VALUE} when not said")
  private int agents = 1000;

  @Option(
      names = "--rate",
      defaultValue = "400",
      paramLabel = "NUMBER",
      description = "how many connect each second; ${DEFAULT-VALUE} when not said")
  private int rate = Scene.STARTS_PER_SECOND;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      paramLabel = "NUMBER",
      description = "how long they stay; ${DEFAULT-VALUE} when not said")
  private int seconds = 60;

  @Option(
      names = "--tokens",
      paramLabel = "FILE",
      description =
          "a token of an agent on each line; without it the tokens that the benchmarks' stand-in for GitLab knows")
  private Optional<Path> tokens = Optional.empty();

  @Override
  public Integer call() throws IOException {
    if (!(KasAddress.parse("--kas", kas) instanceof KasAddress.Grpc address) || address.tls()) {
      System.err.println("--kas: " + kas + " (expected: grpc://host:port)");
      return 2;
    }
    List<Secret> known = tokens();
    if (known.size() < agents) {
      System.err.printf(
          "--tokens: %d tokens for %d agents (expected: one each)%n", known.size(), agents);
      return 2;
    }
    FileDescriptors.require(agents);
    InetSocketAddress place =
        new InetSocketAddress(
            InetAddress.getAllByName(address.endpoint().host())[0], address.endpoint().port());
    Fleet.Plan plan = new Fleet.Plan(place, known.subList(0, agents), rate);
    try (Loops loops = new Loops();
        Fleet fleet = Fleet.start(plan, loops, InstantSource.system(), new Random())) {
      long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
      while (System.nanoTime() < end) {
        LockSupport.parkNanos(Math.min(REPORT.toNanos(), end - System.nanoTime()));
        System.out.println(fleet.census());
      }
      return fleet.census().present() == agents ? 0 : 1;
    }
  }

  private List<Secret> tokens() throws IOException {
    return tokens.isPresent()
        ? Files.readAllLines(tokens.get()).stream()
            .filter(line -> !line.isBlank())
            .map(line -> Secret.of(line.strip()))
            .toList()
        : LongStream.rangeClosed(1, agents).mapToObj(AgentTokens::of).toList();
  }
}
