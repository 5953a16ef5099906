package io.mooring.benchmarks.standin;

import io.mooring.benchmarks.loopback.HttpPort;
import io.mooring.benchmarks.loopback.Loops;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The server behind every contestant: HTTP/1.1 as a Kubernetes API server speaks it, without the
 * work one does.
 *
 * <ul>
 *   <li>{@code GET /small} answers 1 KiB;
 *   <li>{@code GET /down/N} answers N bytes as fast as they are taken;
 *   <li>{@code POST /up} takes a body and answers its length;
 *   <li>{@code GET /watch/S} answers one chunk a second for S seconds, with the time it was sent;
 *   <li>{@code POST /exec} switches protocols and echoes;
 *   <li>{@code /version} and a store of Leases are there so that agentk feels at home.
 * </ul>
 *
 * Any thread.
 */
public final class ClusterStandIn implements AutoCloseable {
  /** Length of the answer to {@code /small}. */
  public static final int SMALL_BYTES = 1024;

  private final Map<String, String> objects = new ConcurrentHashMap<>();
  private final HttpPort port;

  private ClusterStandIn(Loops loops) {
    port = HttpPort.open(loops, () -> List.of(new ClusterAnswers(objects)));
  }

  /** Begins to serve. */
  public static ClusterStandIn start(Loops loops) {
    return new ClusterStandIn(loops);
  }

  /** Its base URL. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + port.number());
  }

  /** The port alone. */
  public int portNumber() {
    return port.number();
  }

  /** A kubeconfig that leads here. */
  public String kubeconfig() {
    return """
    apiVersion: v1
    kind: Config
    clusters:
    - name: benchmark
      cluster: {server: "%s"}
    users:
    - name: benchmark
      user: {}
    contexts:
    - name: benchmark
      context: {cluster: benchmark, user: benchmark}
    current-context: benchmark
    """
        .formatted(url());
  }

  @Override
  public void close() {
    port.close();
  }
}
