package io.mooring.kas.gitlab;

import io.grpc.StatusException;
import io.mooring.kas.config.GitLabSettings;
import io.mooring.kas.ratelimit.TokenBucketLimit;
import io.mooring.kas.rpc.Waits;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.transport.ClientTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends calls to GitLab and gets answers, whatever their status: rate limit, number of connections,
 * time limits, retries, proof of identity (gitlab-api.md 1). Redirects are answers like any other:
 * credentials go nowhere else. Calls block the calling thread, which must be virtual, and end when
 * its RPC ends.
 */
final class RestClient implements AutoCloseable {
  /** Connections to GitLab at one time. */
  static final int MAX_CONNECTIONS = 50;

  /** Time to the head of the answer. */
  static final Duration HEADERS_LIMIT = Duration.ofSeconds(20);

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(30);

  /** Connecting, the head, and a body that is read whole. */
  private static final Duration TOTAL_LIMIT = CONNECT_LIMIT.plus(HEADERS_LIMIT).plusSeconds(10);

  private final HttpClient client;
  private final ExecutorService executor =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("gitlab-http-", 0).factory());
  private final Semaphore connections = new Semaphore(MAX_CONNECTIONS, true);
  private final String base;
  private final JwtSigner signer;
  private final TokenBucketLimit limit;
  private final RetryRules retries;

  RestClient(GitLabSettings settings, JwtSigner signer, InstantSource clock) {
    this.base = settings.address().toString().replaceAll("/+$", "");
    this.signer = signer;
    this.limit = new TokenBucketLimit(settings.apiRateLimit(), clock);
    this.retries = new RetryRules(clock);
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .followRedirects(Redirect.NEVER)
            // In clear text the upgrade to HTTP/2 would be one more thing for a proxy to trip over.
            .version(base.startsWith("https:") ? Version.HTTP_2 : Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .executor(executor)
            .proxy(GitLabProxy.of(settings.address(), System.getenv()));
    settings
        .caCertificateFile()
        .ifPresent(file ->
            builder.sslContext(
                ClientTls.with("gitlab.ca_certificate_file", java.util.Optional.of(file)).java()));
    this.client = builder.build();
  }

  /**
   * Sends a call until there is an answer that will do or no attempt is left.
   *
   * @param handler reads the body
   * @throws GitLabException when there was no answer
   * @throws StatusException when the RPC of this thread ended, or too many calls wait
   */
  <T> Answer<T> send(ApiCall call, BodyHandler<T> handler)
      throws GitLabException, StatusException, InterruptedException {
    HttpRequest request = request(call);
    for (int retry = 0; ; retry++) {
      limit.acquire();
      boolean last = !call.retried() || retry == RetryRules.MAX_RETRIES;
      Duration pause;
      try {
        Answer<T> answer = once(call, request, handler);
        if (last || !RetryRules.isRetriable(answer.status())) {
          return answer;
        }
        pause = retries.delay(retry, answer.status(), answer.header("Retry-After"));
        answer.close();
      } catch (IOException e) {
        if (last) {
          throw new GitLabException(call + " failed: " + e, e);
        }
        pause = retries.delay(retry);
      }
      Waits.pause(pause);
    }
  }

  private <T> Answer<T> once(ApiCall call, HttpRequest request, BodyHandler<T> handler)
      throws IOException, GitLabException, StatusException, InterruptedException {
    if (!connections.tryAcquire(HEADERS_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new GitLabException(
          call + " was not sent: all " + MAX_CONNECTIONS + " connections to GitLab are busy");
    }
    boolean answered = false;
    CompletableFuture<HttpResponse<T>> exchange = client.sendAsync(request, handler);
    try {
      HttpResponse<T> response = Waits.join(exchange, TOTAL_LIMIT);
      answered = true;
      return new Answer<>(response, connections::release);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new GitLabException(call + " failed: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new GitLabException(call + " took longer than " + TOTAL_LIMIT.toSeconds() + " s", e);
    } finally {
      if (!answered) {
        exchange.cancel(true);
        connections.release();
      }
    }
  }

  private HttpRequest request(ApiCall call) throws GitLabException {
    String query = call.query().isEmpty() ? "" : "?" + call.query();
    try {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(URI.create(base + call.path() + query))
              .timeout(HEADERS_LIMIT)
              .method(
                  call.method(),
                  call.body().isEmpty()
                      ? BodyPublishers.noBody()
                      : BodyPublishers.ofByteArray(call.body().toByteArray()));
      call.headers().forEach(header -> builder.header(header.name(), header.value().text()));
      builder.setHeader("User-Agent", BuildInfo.current().kas());
      if (call.signed()) {
        builder.setHeader("Gitlab-Kas-Api-Request", signer.token());
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      // Its text may quote a header, which may be a credential.
      throw new GitLabException(
          call + " cannot be sent (expected: a method, path and headers that HTTP allows)");
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    executor.shutdownNow();
  }
}
