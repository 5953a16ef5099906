package io.mooring.gitlab.cable;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.http.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** The npm package {@code @rails/actioncable}, unchanged, in a real Node. */
final class RailsClient implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final long END_SECONDS = 5;

  private final Process process;
  private final Writer in;
  private final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();
  private final List<JsonNode> passed = new ArrayList<>();

  private RailsClient(Process process) {
    this.process = process;
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    Thread.ofVirtual()
        .start(() -> out.lines().forEach(line -> events.add(Json.MAPPER.readTree(line))));
  }

  static RailsClient start(String version, Path directory)
      throws IOException, InterruptedException {
    Path modules = NodePackages.install("@rails/actioncable@" + version, "ws@8.18.3");
    Path script = directory.resolve("rails-client.cjs");
    try (var resource = RailsClient.class.getResourceAsStream("rails-client.cjs")) {
      Files.write(script, Objects.requireNonNull(resource, "rails-client.cjs").readAllBytes());
    }
    var builder =
        new ProcessBuilder("node", script.toString())
            .redirectError(directory.resolve("node-" + version + ".log").toFile());
    builder.environment().put("NODE_PATH", modules.toString());
    return new RailsClient(builder.start());
  }

  void send(String operation, Object... pairs) {
    var all = new ArrayList<Object>(List.of("op", operation));
    all.addAll(List.of(pairs));
    try {
      in.write(Api.object(all.toArray()) + "\n");
      in.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A consumer that connects as a page of the application with somebody's rights. */
  void consumer(String id, URI base, int port, Map<String, String> headers) {
    var header = new java.util.HashMap<>(headers);
    header.put("Origin", base.toString());
    send(
        "consumer",
        "id",
        id,
        "url",
        "ws://" + base.getHost() + ":" + port + "/-/cable",
        "header",
        header);
  }

  void subscribe(String consumer, String id, Map<String, ?> parameters) {
    send("subscribe", "consumer", consumer, "id", id, "params", parameters);
  }

  /** The next event of somebody, whatever happened to others before. */
  JsonNode next(String id, String event) {
    for (JsonNode known : passed) {
      if (is(known, id, event)) {
        passed.remove(known);
        return known.path("data");
      }
    }
    try {
      while (true) {
        JsonNode next = events.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
          throw new AssertionError(id + " was never " + event + "; what was: " + passed);
        }
        if (is(next, id, event)) {
          return next.path("data");
        }
        passed.add(next);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** What happened to somebody and was not asked for. */
  List<String> others(String id) {
    events.drainTo(passed);
    return passed.stream()
        .filter(event -> event.path("id").asString().equals(id))
        .map(event -> event.path("event").asString())
        .toList();
  }

  private static boolean is(JsonNode event, String id, String name) {
    return event.path("id").asString().equals(id) && event.path("event").asString().equals(name);
  }

  @Override
  public void close() throws IOException {
    in.close();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
