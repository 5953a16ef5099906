package io.mooring.agentk.kubernetes;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.http.HttpClient;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/**
 * The JDK's HTTP client on our virtual threads instead of a pool of its own, and closed when the
 * cluster is. Any thread.
 */
final class VirtualHttp extends JdkHttpClientFactory implements AutoCloseable {
  private final Executor tasks;
  private final Queue<HttpClient> open = new ConcurrentLinkedQueue<>();

  VirtualHttp(Executor tasks) {
    this.tasks = tasks;
  }

  @Override
  protected HttpClient.Builder createNewHttpClientBuilder() {
    return new ClosingHttpClientBuilder(HttpClient.newBuilder().executor(tasks), open::add);
  }

  /** Ends every client that was built: its requests, connections and thread. */
  @Override
  public void close() {
    for (HttpClient client = open.poll(); client != null; client = open.poll()) {
      client.shutdownNow();
    }
  }
}
