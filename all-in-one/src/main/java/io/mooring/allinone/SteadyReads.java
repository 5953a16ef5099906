package io.mooring.allinone;

import io.mooring.protocol.secret.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Idempotent requests through kas, one after another on each of a few virtual threads, until
 * stopped.
 */
final class SteadyReads implements AutoCloseable {

  private static final int THREADS = 4;
  private static final Duration PAUSE = Duration.ofMillis(40);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** So many answers show that things go on. */
  private static final int SOME = 100;

  private final HttpClient client;
  private final HttpRequest request;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicLong slowestNanos = new AtomicLong();
  private final AtomicReference<String> firstFailure = new AtomicReference<>("");
  private volatile boolean stopped;

  private SteadyReads(HttpClient client, HttpRequest request) {
    this.client = client;
    this.request = request;
  }

  /** What came of it. */
  record Result(int sent, int failed, String firstFailure, Duration slowest) {}

  static SteadyReads start(Stack stack, Secret credential, String namespace) throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(trusting(stack))
            .connectTimeout(LIMIT)
            .build();
    URI target =
        stack.kubernetesUrl().resolve("/api/v1/namespaces/" + namespace + "/configmaps?limit=1");
    HttpRequest request =
        HttpRequest.newBuilder(target)
            .timeout(LIMIT)
            .header("Authorization", "Bearer " + credential.text())
            .build();
    SteadyReads reads = new SteadyReads(client, request);
    for (int i = 0; i < THREADS; i++) {
      reads.threads.add(Thread.ofVirtual().name("steady-reads").start(reads::read));
    }
    return reads;
  }

  private static SSLContext trusting(Stack stack) throws IOException {
    try (InputStream file = Files.newInputStream(stack.authorityFile())) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry(
          "quickstart", CertificateFactory.getInstance("X.509").generateCertificate(file));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificate of the authority cannot be used", e);
    }
  }

  /** Waits until some more requests were answered since now. */
  void awaitMore() throws IOException, InterruptedException {
    int enough = sent.get() + SOME;
    Checklist.await(SOME + " more answers", () -> sent.get() >= enough);
  }

  /** Ends the load. */
  Result stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
    return new Result(
        sent.get(), failed.get(), firstFailure.get(), Duration.ofNanos(slowestNanos.get()));
  }

  private void read() {
    while (!stopped) {
      long started = System.nanoTime();
      try {
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
          fail(response.statusCode() + " " + response.body());
        }
      } catch (IOException e) {
        fail(e.toString());
      } catch (InterruptedException e) {
        return;
      }
      sent.incrementAndGet();
      slowestNanos.accumulateAndGet(System.nanoTime() - started, Math::max);
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private void fail(String what) {
    failed.incrementAndGet();
    firstFailure.compareAndSet("", what);
  }

  @Override
  public void close() {
    stopped = true;
    threads.forEach(Thread::interrupt);
    client.close();
  }
}
