package io.mooring.agentk.kubernetes;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.protocol.SettingException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The API server of the agent's cluster. */
public final class Cluster implements AutoCloseable {
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final HttpClient client;
  private final Config config;
  private final VirtualHttp http;
  private final String root;

  private Cluster(HttpClient client, Config config, VirtualHttp http) {
    this.client = client;
    this.config = config;
    this.http = http;
    String url = config.getMasterUrl();
    this.root = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  /**
   * Prepares the client; nothing is sent yet.
   *
   * @param tasks runs callbacks; outlives the cluster
   * @throws SettingException when the options name nothing usable
   */
  public static Cluster open(KubernetesOptions options, ExecutorService tasks) {
    var http = new VirtualHttp(tasks);
    Config config = KubernetesSettings.config(options);
    return new Cluster(http.newBuilder(config).build(), config, http);
  }

  /**
   * Access for the GitOps engine, over the same connections. Only the library's HTTP client is
   * made, with its credentials and TLS: its whole client would load a thousand classes that nothing
   * here uses.
   */
  public KubernetesApi api() {
    return new KubernetesApi(client, config);
  }

  /** What became of an attempt to write. */
  public enum Written {
    /** It is stored. */
    STORED,
    /** Somebody else was faster: it exists already, or changed since it was read. */
    CONFLICT
  }

  /**
   * Reads an object.
   *
   * @param path path on the server
   * @return an empty object when there is none
   */
  public JsonObject read(String path, Duration bound)
      throws ClusterException, InterruptedException {
    HttpResponse<String> answer = send(client.newHttpRequestBuilder(), "GET", path, bound);
    return answer.code() == NOT_FOUND ? new JsonObject() : object("GET", path, answer);
  }

  /** Creates an object in a collection. */
  public Written create(String path, JsonObject object, Duration bound)
      throws ClusterException, InterruptedException {
    return write("POST", path, object, bound);
  }

  /** Replaces an object, unless it changed since it was read. */
  public Written replace(String path, JsonObject object, Duration bound)
      throws ClusterException, InterruptedException {
    return write("PUT", path, object, bound);
  }

  /**
   * What the server answered.
   *
   * @param body of the answer
   * @param date header {@code Date}; empty when there is none
   */
  public record Answer(JsonObject body, String date) {}

  /**
   * Sends a request that is neither a read nor a write of an object.
   *
   * @param object to send; an empty one sends nothing
   */
  public Answer ask(String method, String path, JsonObject object, Duration bound)
      throws ClusterException, InterruptedException {
    HttpRequest.Builder request = client.newHttpRequestBuilder();
    HttpResponse<String> answer =
        send(
            object.isEmpty()
                ? request
                : request.method(method, "application/json", object.toString()),
            method,
            path,
            bound);
    String date = answer.header("Date");
    return new Answer(object(method, path, answer), date == null ? "" : date);
  }

  /** URL of the server, without a slash at its end. */
  public String url() {
    return root;
  }

  /**
   * Sends an empty POST, as to a service that the server is a proxy for.
   *
   * @return the status, whatever it is
   */
  public int post(String path, Duration bound) throws ClusterException, InterruptedException {
    return send(client.newHttpRequestBuilder().post("text/plain", ""), "POST", path, bound).code();
  }

  private Written write(String method, String path, JsonObject object, Duration bound)
      throws ClusterException, InterruptedException {
    HttpResponse<String> answer =
        send(
            client.newHttpRequestBuilder().method(method, "application/json", object.toString()),
            method,
            path,
            bound);
    if (answer.code() == CONFLICT) {
      return Written.CONFLICT;
    }
    var _ = object(method, path, answer);
    return Written.STORED;
  }

  private HttpResponse<String> send(
      HttpRequest.Builder request, String method, String path, Duration bound)
      throws ClusterException, InterruptedException {
    HttpRequest built =
        request
            .uri(root + path)
            .header("Accept", "application/json")
            .timeout(bound.toMillis(), TimeUnit.MILLISECONDS)
            .build();
    CompletableFuture<HttpResponse<String>> answer = client.sendAsync(built, String.class);
    try {
      return answer.get(bound.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new ClusterException(method + " " + path + ": " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new ClusterException(
          method + " " + path + ": no answer within " + bound.toSeconds() + " s", e);
    } finally {
      answer.cancel(true);
    }
  }

  private static JsonObject object(String method, String path, HttpResponse<String> answer)
      throws ClusterException {
    JsonElement body;
    try {
      body = JsonParser.parseString(answer.body());
    } catch (JsonParseException e) {
      throw new ClusterException(
          method + " " + path + ": status " + answer.code() + ", and the answer is no JSON",
          answer.code());
    }
    if (!answer.isSuccessful() || !body.isJsonObject()) {
      JsonElement message = body.isJsonObject() ? body.getAsJsonObject().get("message") : null;
      throw new ClusterException(
          method
              + " "
              + path
              + ": status "
              + answer.code()
              + (message == null ? "" : ": " + message.getAsString()),
          answer.code());
    }
    return body.getAsJsonObject();
  }

  @Override
  public void close() {
    client.close();
    http.close();
  }
}
