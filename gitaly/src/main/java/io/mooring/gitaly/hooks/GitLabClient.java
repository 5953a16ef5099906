package io.mooring.gitaly.hooks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.secret.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The internal API that GitLab has for its Git server (gitlab-side.md 7.1). Redirects are not
 * followed. Any thread; a call blocks up to its limit.
 */
final class GitLabClient implements AutoCloseable {
  static final String HEADER = "Gitlab-Shell-Api-Request";

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** Answers hold a few messages for a person. */
  private static final long MAX_ANSWER = 1 << 20;

  private final URI base;
  private final JwtSigner signer;
  private final HttpClient http;

  GitLabClient(URI base, Secret secret, InstantSource clock) {
    String text = base.toString();
    this.base = URI.create(text.endsWith("/") ? text : text + "/");
    signer = JwtSigner.gitalyToGitLab(secret, clock);
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_LIMIT)
            .build();
  }

  /**
   * What GitLab answered.
   *
   * @param status HTTP status
   * @param body empty when it is no JSON object
   */
  record Answer(int status, JsonObject body) {
    Optional<String> text(String name) {
      JsonElement value = body.get(name);
      return value != null && value.isJsonPrimitive()
          ? Optional.of(value.getAsString())
          : Optional.empty();
    }

    boolean isTrue(String name) {
      return text(name).equals(Optional.of("true"));
    }
  }

  /**
   * Posts a JSON object.
   *
   * @param path below {@code /api/v4/internal/}
   * @throws IOException when there is no answer in time
   */
  Answer post(String path, JsonObject body, Duration limit) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve("api/v4/internal/" + path))
            .timeout(limit)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .header("User-Agent", "gitaly/" + BuildInfo.current().version())
            .header(HEADER, signer.token())
            .POST(HttpRequest.BodyPublishers.ofString(body.toString(), UTF_8))
            .build();
    try {
      HttpResponse<String> response =
          http.send(request, BodyHandlers.limiting(BodyHandlers.ofString(UTF_8), MAX_ANSWER));
      return new Answer(response.statusCode(), json(response.body()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server is stopping", e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }

  private static JsonObject json(String text) {
    try {
      return JsonParser.parseString(text) instanceof JsonObject object ? object : new JsonObject();
    } catch (JsonParseException e) {
      return new JsonObject();
    }
  }
}
