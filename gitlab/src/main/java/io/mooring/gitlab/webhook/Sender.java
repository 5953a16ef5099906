package io.mooring.gitlab.webhook;

import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Release;
import io.mooring.gitlab.webhook.Deliveries.Claimed;
import io.mooring.gitlab.webhook.Webhooks.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Sends one delivery over HTTP: to addresses that the guard permits, without following redirects,
 * over a connection of its own, within a bound. Thread-safe; blocks its caller.
 */
@Component
class Sender implements DisposableBean {
  /** As GitLab has it; a receiver that works longer must answer first. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** Kept of an answer, for people who look for what went wrong. */
  private static final int MAX_ANSWER = 8 * 1024;

  private static final int CONNECTIONS = 64;

  private final ExternalUrl external;
  private final InstantSource clock;
  private final CloseableHttpClient client;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("webhook-limits").factory());

  Sender(GitLabConfiguration configuration, ExternalUrl external, InstantSource clock) {
    this.external = external;
    this.clock = clock;
    client = client(new AddressGuard(configuration.webhooks().allowedAddresses()));
  }

  private static CloseableHttpClient client(AddressGuard guard) {
    return HttpClients.custom()
        .setConnectionManager(
            PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(new Guarded(guard))
                .setMaxConnTotal(CONNECTIONS)
                .setMaxConnPerRoute(CONNECTIONS)
                .setDefaultConnectionConfig(
                    ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(CONNECT_LIMIT))
                        .setSocketTimeout(Timeout.of(LIMIT))
                        .build())
                .build())
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setResponseTimeout(Timeout.of(LIMIT))
                .setConnectionRequestTimeout(Timeout.of(LIMIT))
                .build())
        // A kept connection would lead to an address that was checked long ago.
        .setConnectionReuseStrategy((request, response, context) -> false)
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableContentCompression()
        .setUserAgent("GitLab/" + Release.VERSION)
        .build();
  }

  /** Attempts a delivery. Everything that goes wrong is an outcome. */
  Outcome send(Claimed delivery, Secrets secrets) {
    long began = System.nanoTime();
    HttpPost post;
    try {
      post = request(delivery, secrets);
    } catch (IllegalArgumentException e) {
      return Outcome.failed("url is not valid: " + e.getMessage(), Duration.ZERO);
    }
    // A receiver that answers byte after byte never exceeds the limit of a single read.
    ScheduledFuture<?> limit = watch.schedule(post::abort, LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return client.execute(
          post,
          response ->
              new Outcome(
                  Optional.of(response.getCode()), answer(post, response), "", since(began)));
    } catch (IOException e) {
      return Outcome.failed(problem(e, since(began)), since(began));
    } finally {
      limit.cancel(false);
    }
  }

  private HttpPost request(Claimed delivery, Secrets secrets) {
    var post = new HttpPost(delivery.url());
    long now = clock.instant().getEpochSecond();
    post.setHeader("X-Gitlab-Event", delivery.event());
    post.setHeader("X-Gitlab-Webhook-UUID", delivery.webhookUuid());
    post.setHeader("X-Gitlab-Event-UUID", delivery.eventUuid());
    post.setHeader("X-Gitlab-Instance", external.base().toString());
    post.setHeader("Idempotency-Key", delivery.uuid());
    post.setHeader("webhook-id", delivery.uuid());
    post.setHeader("webhook-timestamp", Long.toString(now));
    post.setHeader(
        "webhook-signature",
        Signature.of(secrets.signing(), delivery.uuid(), now, delivery.body()));
    secrets.token().ifPresent(token -> post.setHeader("X-Gitlab-Token", token.text()));
    post.setEntity(new StringEntity(delivery.body(), ContentType.APPLICATION_JSON));
    return post;
  }

  /** The begin of the body; the rest is not waited for. */
  private static String answer(HttpPost post, ClassicHttpResponse response) throws IOException {
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      return "";
    }
    InputStream body = entity.getContent();
    byte[] begin = body.readNBytes(MAX_ANSWER);
    if (begin.length == MAX_ANSWER) {
      post.abort();
    }
    // PostgreSQL's text cannot hold the NUL character.
    return new String(begin, StandardCharsets.UTF_8).replace('\0', ' ');
  }

  private static String problem(IOException e, Duration duration) {
    if (duration.compareTo(LIMIT) >= 0) {
      return "no answer within " + LIMIT.toSeconds() + " seconds";
    }
    return Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  @Override
  public void destroy() throws IOException {
    watch.shutdownNow();
    client.close();
  }

  private record Guarded(AddressGuard guard) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws java.net.UnknownHostException {
      return guard.resolve(host);
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }
}
