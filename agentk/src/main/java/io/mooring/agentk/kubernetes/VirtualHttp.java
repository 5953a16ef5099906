package io.mooring.agentk.kubernetes;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.http.HttpClient;
import java.util.concurrent.Executor;

/** The JDK's HTTP client on our virtual threads instead of a pool of its own. */
final class VirtualHttp extends JdkHttpClientFactory {
  private final Executor tasks;

  VirtualHttp(Executor tasks) {
    this.tasks = tasks;
  }

  @Override
  protected HttpClient.Builder createNewHttpClientBuilder() {
    return HttpClient.newBuilder().executor(tasks);
  }
}
