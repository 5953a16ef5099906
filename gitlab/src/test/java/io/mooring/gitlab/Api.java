package io.mooring.gitlab;

import io.mooring.gitlab.http.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Somebody who calls the application over HTTP. */
public final class Api {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final URI base;
  private final List<String> headers;
  private final String token;

  /** Calls with a personal access token, or with none when it is empty. */
  public Api(URI base, String token) {
    this(base, token.isEmpty() ? List.of() : List.of("PRIVATE-TOKEN", token), token);
  }

  private Api(URI base, List<String> headers, String token) {
    this.base = base;
    this.headers = List.copyOf(headers);
    this.token = token;
  }

  /** An answer. */
  public record Answer(int status, String body, java.net.http.HttpHeaders headers) {
    public JsonNode json() {
      return Json.MAPPER.readTree(body);
    }

    public String header(String name) {
      return headers.firstValue(name).orElse("");
    }

    public long id() {
      return json().path("id").asLong();
    }

    /** The answer, when it has this status. */
    public Answer expect(int expected) {
      if (status != expected) {
        throw new AssertionError("status " + status + " (expected: " + expected + "): " + body);
      }
      return this;
    }
  }

  /** The same with one more header. */
  public Api with(String name, String value) {
    var more = new ArrayList<>(headers);
    more.add(name);
    more.add(value);
    return new Api(base, more, token);
  }

  /** The personal access token. */
  public String token() {
    return token;
  }

  /** Where the application is. */
  public URI base() {
    return base;
  }

  public Answer get(String path) {
    return send("GET", path, "");
  }

  public Answer delete(String path) {
    return send("DELETE", path, "");
  }

  public Answer post(String path, String json) {
    return send("POST", path, json);
  }

  public Answer put(String path, String json) {
    return send("PUT", path, json);
  }

  /** A POST with a JSON object of these names and values. */
  public Answer post(String path, Object... pairs) {
    return post(path, object(pairs));
  }

  /** Sends a request; a body that is not empty is JSON. */
  public Answer send(String method, String path, String json) {
    var request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(LIMIT)
            .method(
                method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
    if (!headers.isEmpty()) {
      request.headers(headers.toArray(String[]::new));
    }
    if (!json.isEmpty() && !headers.contains("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    try {
      HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body(), response.headers());
    } catch (IOException e) {
      throw new IllegalStateException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(method + " " + path, e);
    }
  }

  /** A JSON object of these names and values. */
  public static String object(Object... pairs) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      object.put((String) pairs[i], pairs[i + 1]);
    }
    return Json.MAPPER.writeValueAsString(object);
  }
}
