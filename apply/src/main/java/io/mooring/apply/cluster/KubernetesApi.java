package io.mooring.apply.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.mooring.apply.object.Json;
import io.mooring.apply.object.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;

/**
 * Requests to the API server with the address, TLS and credentials of a fabric8 client, in JSON
 * trees: what a person wrote reaches the server as it was written, and kinds nobody knew at compile
 * time are as good as others. No request is repeated here; see {@link Retry}.
 */
public final class KubernetesApi {
  /** A body in the sense of server-side apply; JSON is YAML. */
  public static final String APPLY = "application/apply-patch+yaml";

  /** A body that changes only the members it names (RFC 7386). */
  public static final String MERGE = "application/merge-patch+json";

  private static final String JSON = "application/json";

  /** Admission webhooks may take 30 s by their own limit. */
  private static final Duration REQUEST = Duration.ofSeconds(35);

  /** A list of many large objects from a loaded server. */
  private static final Duration LIST = Duration.ofMinutes(2);

  /** Past this the client's own timeout has failed too. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private final HttpClient http;
  private final String root;
  private final LongAdder reads = new LongAdder();
  private final LongAdder lists = new LongAdder();
  private final LongAdder watches = new LongAdder();
  private final LongAdder writes = new LongAdder();

  /** Shares connections with the client, which stays the caller's. */
  public KubernetesApi(KubernetesClient client) {
    this(client.getHttpClient(), client.getConfiguration());
  }

  /**
   * Shares connections with the HTTP client, which stays the caller's.
   *
   * @param config what the client was made from; names the server
   */
  public KubernetesApi(HttpClient client, Config config) {
    this.http =
        client
            .newBuilder()
            .tag(
                new RequestConfigBuilder(config.getRequestConfig())
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
    String url = config.getMasterUrl();
    this.root = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  /** Requests sent so far. */
  public RequestCounts counts() {
    return new RequestCounts(reads.sum(), lists.sum(), watches.sum(), writes.sum());
  }

  /** Reads an object. */
  public JsonObject get(String path) throws ApiException, InterruptedException {
    reads.increment();
    return json("GET " + path, send(http.newHttpRequestBuilder().uri(root + path), "GET " + path));
  }

  /** Reads an object that may not exist. */
  public Optional<JsonObject> find(String path) throws ApiException, InterruptedException {
    try {
      return Optional.of(get(path));
    } catch (ApiException e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Sends a patch; see {@link #APPLY} and {@link #MERGE}. */
  public JsonObject patch(String path, String contentType, byte[] body)
      throws ApiException, InterruptedException {
    return write("PATCH", path, contentType, body);
  }

  /** Creates an object. */
  public JsonObject post(String path, JsonObject body) throws ApiException, InterruptedException {
    return write("POST", path, JSON, Json.write(body));
  }

  /** Replaces an object. */
  public JsonObject put(String path, JsonObject body) throws ApiException, InterruptedException {
    return write("PUT", path, JSON, Json.write(body));
  }

  /**
   * Deletes an object; the answer is the object when it goes later, and a Status when it is gone.
   */
  public JsonObject delete(String path, JsonObject options)
      throws ApiException, InterruptedException {
    return write("DELETE", path, JSON, Json.write(options));
  }

  private JsonObject write(String method, String path, String contentType, byte[] body)
      throws ApiException, InterruptedException {
    if (!path.contains("dryRun=")) {
      writes.increment();
    }
    HttpRequest.Builder request =
        http.newHttpRequestBuilder()
            .uri(root + path)
            .method(method, contentType, new ByteArrayInputStream(body), body.length);
    String name = method + " " + path;
    return json(name, send(request, name));
  }

  /**
   * Lists page by page; one object is in memory at a time.
   *
   * @param query such as {@code labelSelector=a%3Db}; empty for all objects
   * @param exact whether the answer must be as new as the request (read page by page from the
   *     store) or may be what the server has at hand
   * @return the resource version from which to watch
   * @throws ApiException also when the server's memory of a list ends between two pages ({@link
   *     ApiException#isGone})
   */
  public String list(String path, String query, boolean exact, Consumer<JsonObject> items)
      throws ApiException, InterruptedException {
    String mode = and(query) + (exact ? "limit=" + ListPage.SIZE : "resourceVersion=0");
    String next = "";
    while (true) {
      lists.increment();
      String page = next.isEmpty() ? "" : "&continue=" + ResourceType.encode(next);
      String request = path + "?" + mode + page;
      try (InputStream body = new LimitedBody(open(request, LIST), LIST)) {
        ListPage read = ListPage.read(body, items);
        next = read.next();
        if (next.isEmpty()) {
          return read.resourceVersion();
        }
      } catch (IOException e) {
        throw ApiException.noAnswer("GET " + request, e);
      } catch (JacksonException e) {
        throw ApiException.noAnswer(
            "GET " + request, new IOException("the list is cut off or not JSON"));
      }
    }
  }

  /** The resource version from which a watch tells only what happens from now on. */
  public String now(String path, String query) throws ApiException, InterruptedException {
    lists.increment();
    String request = path + "?limit=1&" + query;
    JsonObject list =
        json(
            "GET " + request,
            send(http.newHttpRequestBuilder().uri(root + request), "GET " + request));
    return list.text("metadata", "resourceVersion");
  }

  /**
   * Begins a watch.
   *
   * @param query as for {@link #list}
   * @param limit how long the server may keep it open
   */
  public WatchStream watch(String path, String query, String resourceVersion, Duration limit)
      throws ApiException, InterruptedException {
    watches.increment();
    String request =
        path
            + "?watch=1&allowWatchBookmarks=true&"
            + and(query)
            + "resourceVersion="
            + ResourceType.encode(resourceVersion)
            + "&timeoutSeconds="
            + limit.toSeconds();
    return new WatchStream(request, open(request, Duration.ZERO), limit);
  }

  private static String and(String query) {
    return query.isEmpty() ? "" : query + "&";
  }

  private InputStream open(String request, Duration timeout)
      throws ApiException, InterruptedException {
    HttpRequest.Builder builder =
        http.newHttpRequestBuilder().uri(root + request).header("Accept", JSON);
    HttpRequest built =
        timeout.isZero()
            ? builder.forStreaming().build()
            : builder.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS).build();
    HttpResponse<InputStream> response =
        await(
            "GET " + request, () -> http.sendAsync(built, InputStream.class), REQUEST.plus(MARGIN));
    if (response.isSuccessful()) {
      return response.body();
    }
    try (InputStream body = response.body()) {
      throw ApiException.answered(
          "GET " + request, response.code(), body.readNBytes(ListPage.MAX_ERROR));
    } catch (IOException e) {
      throw ApiException.answered("GET " + request, response.code(), new byte[0]);
    }
  }

  private byte[] send(HttpRequest.Builder request, String name)
      throws ApiException, InterruptedException {
    HttpRequest built =
        request.header("Accept", JSON).timeout(REQUEST.toMillis(), TimeUnit.MILLISECONDS).build();
    HttpResponse<byte[]> response =
        await(name, () -> http.sendAsync(built, byte[].class), REQUEST.plus(MARGIN));
    byte[] body = response.body() == null ? new byte[0] : response.body();
    if (!response.isSuccessful()) {
      throw ApiException.answered(name, response.code(), body);
    }
    return body;
  }

  private static JsonObject json(String request, byte[] body) throws ApiException {
    try {
      return Json.read(body);
    } catch (JacksonException e) {
      throw ApiException.noAnswer(request, new IOException("the answer is cut off or not JSON"));
    }
  }

  private static <T> T await(String request, Supplier<CompletableFuture<T>> send, Duration limit)
      throws ApiException, InterruptedException {
    CompletableFuture<T> answer;
    try {
      answer = send.get();
    } catch (RejectedExecutionException | IllegalStateException e) {
      throw ApiException.noAnswer(request, new IOException("the client is closed", e));
    }
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      IOException failure = cause instanceof IOException io ? io : new IOException(cause);
      throw ApiException.noAnswer(request, failure);
    } catch (TimeoutException e) {
      throw ApiException.noAnswer(
          request, new IOException("none within " + limit.toSeconds() + " s"));
    } finally {
      answer.cancel(true); // does nothing to one that is complete
    }
  }
}
