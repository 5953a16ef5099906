package io.mooring.allinone;

import io.mooring.protocol.secret.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** GitLab's REST API as a script would use it: one personal access token, JSON in and out. */
public final class Rest implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final JsonMapper JSON = new JsonMapper();

  private final URI base;
  private final Secret token;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build();

  public Rest(URI base, Secret token) {
    this.base = base;
    this.token = token;
  }

  /** The answer of {@code GET /api/v4<path>}. Throws when the status is not 2xx. */
  public JsonNode read(String path) throws IOException, InterruptedException {
    return send(request(path).GET().build());
  }

  /** The answer of {@code POST /api/v4<path>}. Throws when the status is not 2xx. */
  public JsonNode create(String path, Map<String, ?> body)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
            .build());
  }

  /** A project path as one path segment: {@code group%2Fproject}. */
  public static String segment(String path) {
    return URLEncoder.encode(path, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve("/api/v4" + path))
        .timeout(LIMIT)
        .header("PRIVATE-TOKEN", token.text());
  }

  private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          "%s %s answered %d: %s (expected: 2xx)"
              .formatted(
                  request.method(),
                  request.uri().getPath(),
                  response.statusCode(),
                  new String(response.body(), StandardCharsets.UTF_8)));
    }
    return JSON.readTree(response.body());
  }
}
