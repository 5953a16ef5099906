package io.mooring.agentk.flux;

import io.mooring.agentk.flux.Receivers.Receiver;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.kubernetes.ClusterException;
import io.mooring.apply.cluster.Crew;
import io.mooring.protocol.build.BuildInfo;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells Flux of pushes: one POST for each Receiver, each on a thread of its own. Any thread. */
final class Webhooks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Flux only notes the time; what takes longer is lost, and Flux looks by itself some day. */
  private static final Duration BOUND = Duration.ofSeconds(30);

  /** Past this, pushes wait in kas, which drops what is too much. */
  private static final int IN_FLIGHT = 10;

  /**
   * Paths that Flux makes ({@code /hook/<digest>}). Whoever may write the status of a Receiver must
   * not be able to lead us elsewhere in the API server.
   */
  private static final Pattern PATH = Pattern.compile("(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+");

  private final WebhookAddress address;
  private final Receivers receivers;
  private final Cluster cluster;
  private final Executor tasks;
  private final Crew crew;
  private final Semaphore inFlight = new Semaphore(IN_FLIGHT);
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable HttpClient client;

  /**
   * Nothing is opened yet.
   *
   * @param tasks runs callbacks of the HTTP client
   * @param crew owns the threads of the calls
   */
  Webhooks(
      WebhookAddress address, Receivers receivers, Cluster cluster, Executor tasks, Crew crew) {
    this.address = address;
    this.receivers = receivers;
    this.cluster = cluster;
    this.tasks = tasks;
    this.crew = crew;
  }

  /** Tells all who wait for the project; waits while too many calls are under way. */
  void pushed(String project) {
    for (Receiver receiver : receivers.of(project)) {
      if (!PATH.matcher(receiver.webhookPath()).matches()) {
        LOG.atWarn()
            .addKeyValue("namespaced_name", receiver.key())
            .addKeyValue("url_path", receiver.webhookPath())
            .log("A Receiver has a webhook path that is not one of Flux, it is not called");
        continue;
      }
      try {
        inFlight.acquire();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      crew.start(
          "flux webhook",
          () -> {
            try {
              tell(receiver);
            } finally {
              inFlight.release();
            }
          });
    }
  }

  private void tell(Receiver receiver) {
    try {
      int status =
          switch (address) {
            case WebhookAddress.Direct(String url) -> post(url + receiver.webhookPath());
            case WebhookAddress.ServiceProxy(String path) ->
                cluster.post(path + receiver.webhookPath(), BOUND);
          };
      (status == 200 ? LOG.atInfo() : LOG.atWarn())
          .addKeyValue("namespaced_name", receiver.key())
          .addKeyValue("project_id", receiver.project())
          .addKeyValue("status_code", status)
          .log(status == 200 ? "Told Flux of a push" : "Flux did not take the notice of a push");
    } catch (IOException | ClusterException e) {
      LOG.atWarn()
          .addKeyValue("namespaced_name", receiver.key())
          .addKeyValue("project_id", receiver.project())
          .addKeyValue("error", e.toString())
          .log("Flux cannot be told of a push");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int post(String url) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(BOUND)
            .header("User-Agent", BuildInfo.current().agent())
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    return client().send(request, BodyHandlers.discarding()).statusCode();
  }

  /** Made for the first call: a cluster without pushes need not pay for it. */
  private HttpClient client() {
    lock.lock();
    try {
      HttpClient open = client;
      if (open == null) {
        open =
            HttpClient.newBuilder()
                .executor(tasks)
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        client = open;
      }
      return open;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (client != null) {
        client.shutdownNow();
      }
    } finally {
      lock.unlock();
    }
  }
}
