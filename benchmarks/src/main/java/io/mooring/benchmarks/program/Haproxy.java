package io.mooring.benchmarks.program;

import io.mooring.testkit.process.ChildProcess;
import io.mooring.testkit.process.SparePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * HAProxy as Debian has it: as a yardstick before one backend, or as the load balancer before
 * replicas of kas.
 */
public final class Haproxy implements AutoCloseable {
  private static final Duration READY = Duration.ofSeconds(20);
  private static final String DEFAULTS =
      """
      global
        maxconn 4000
      defaults
        mode http
        timeout connect 5s
        timeout client 1h
        timeout server 1h
        timeout tunnel 1h
      """;

  private final ChildProcess process;
  private final int httpPort;
  private final int agentPort;

  private Haproxy(ChildProcess process, int httpPort, int agentPort) {
    this.process = process;
    this.httpPort = httpPort;
    this.agentPort = agentPort;
  }

  /** Puts it before one HTTP server. */
  public static Haproxy before(Path directory, int backendPort) throws IOException {
    int port = SparePort.find();
    return start(
        directory,
        """
        listen http
          bind 127.0.0.1:%d
          server backend 127.0.0.1:%d
        """
            .formatted(port, backendPort),
        port,
        port);
  }

  /**
   * Puts it before replicas: it asks each replica's readiness probe, sends new connections to those
   * that are ready, and tries another one when a connection is refused.
   */
  public static Haproxy before(Path directory, List<KasFiles> replicas) throws IOException {
    int http = SparePort.find();
    int agents = SparePort.find();
    return start(
        directory,
        """
        listen http
          bind 127.0.0.1:%d
          option redispatch
          option httpchk GET /readiness
          default-server check inter 200ms fall 1 rise 1
        %s
        listen agents
          mode tcp
          bind 127.0.0.1:%d
          balance leastconn
          option redispatch
          option httpchk GET /readiness
          default-server check inter 200ms fall 1 rise 1
        %s
        """
            .formatted(http, servers(replicas, true), agents, servers(replicas, false)),
        http,
        agents);
  }

  private static String servers(List<KasFiles> replicas, boolean http) {
    return String.join(
        "\n",
        IntStream.range(0, replicas.size())
            .mapToObj(i ->
                "  server kas%d 127.0.0.1:%d port %d"
                    .formatted(
                        i,
                        http ? replicas.get(i).kubernetesApiPort() : replicas.get(i).agentPort(),
                        replicas.get(i).observabilityPort()))
            .toList());
  }

  private static Haproxy start(Path directory, String sections, int httpPort, int agentPort)
      throws IOException {
    Path file = Files.writeString(directory.resolve("haproxy.cfg"), DEFAULTS + sections);
    ChildProcess process =
        ChildProcess.start(
            "haproxy", directory, Map.of(), List.of("haproxy", "-db", "-f", file.toString()));
    try {
      process.await("listening", READY, () -> listens(httpPort));
    } catch (RuntimeException e) {
      process.kill();
      throw e;
    }
    return new Haproxy(process, httpPort, agentPort);
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Where it takes HTTP. */
  public int httpPort() {
    return httpPort;
  }

  /** Where it takes agents. */
  public int agentPort() {
    return agentPort;
  }

  @Override
  public void close() {
    process.close();
  }
}
