package io.mooring.kas.gitlab;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A GitLab that answers what a test tells it to, and remembers what it was asked. {@link
 * GitLabContract} holds it to what the real application does.
 */
public final class ScriptedGitLab implements AutoCloseable {
  private static final String INTERNAL = "/api/v4/internal/kubernetes/";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  /** One request as it arrived. */
  public record Asked(
      String method, String path, String query, Map<String, List<String>> headers, String body) {
    /** First value of a header. */
    public Optional<String> header(String name) {
      return headers.entrySet().stream()
          .filter(entry -> entry.getKey().equalsIgnoreCase(name))
          .findFirst()
          .map(entry -> entry.getValue().getFirst());
    }
  }

  /** What an endpoint answers. */
  public record Reply(int status, Map<String, String> headers, String body) {
    /** JSON with a status. */
    public static Reply json(int status, String body) {
      return new Reply(status, Map.of("Content-Type", "application/json"), body);
    }

    /** A status alone. */
    public static Reply status(int status) {
      return new Reply(status, Map.of(), "");
    }
  }

  /** Makes an answer. */
  @FunctionalInterface
  public interface Script {
    Reply answer(Asked request) throws InterruptedException;
  }

  private ScriptedGitLab(HttpServer server) {
    this.server = server;
  }

  /** A GitLab that knows nothing: every endpoint answers 404. */
  public static ScriptedGitLab start() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      ScriptedGitLab gitlab = new ScriptedGitLab(server);
      server.setExecutor(gitlab.threads);
      server.createContext("/", gitlab::handle);
      server.start();
      return gitlab;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start the scripted GitLab", e);
    }
  }

  /** Base URL. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Sets what a path below {@code /api/v4/internal/kubernetes/} answers. */
  public ScriptedGitLab on(String endpoint, Script script) {
    scripts.put(INTERNAL + endpoint, script);
    return this;
  }

  /** Sets what a whole path answers. */
  public ScriptedGitLab onPath(String path, Script script) {
    scripts.put(path, script);
    return this;
  }

  /** Knows an agent by its token; other tokens are refused with 401. */
  public ScriptedGitLab withAgent(String token, String agentInfo) {
    return on(
        "agent_info",
        request ->
            request.header("Authorization").equals(Optional.of("Bearer " + token))
                ? Reply.json(200, agentInfo)
                : Reply.status(401));
  }

  /** The answer of {@code agent_info} for an agent of project {@code group/project}. */
  public static String agentInfo(long agentId, long projectId) {
    return """
    {"project_id":%d,"agent_id":%d,"agent_name":"agent-x",
     "gitaly_info":{"address":"tcp://127.0.0.1:1","token":"gitaly-secret","features":{}},
     "gitaly_repository":{"storage_name":"default","relative_path":"@hashed/aa/bb/cc.git",
       "gl_repository":"project-%d","gl_project_path":"group/project"},
     "default_branch":"main","added_by_a_newer_gitlab":[1,2,3]}
    """
        .formatted(projectId, agentId, projectId);
  }

  /** Everything that was asked, in order. */
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  /** What was asked of one endpoint. */
  public List<Asked> asked(String endpoint) {
    return asked.stream().filter(request -> request.path().equals(INTERNAL + endpoint)).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Asked request =
          new Asked(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getRawPath(),
              Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse(""),
              Map.copyOf(exchange.getRequestHeaders()),
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      asked.add(request);
      Reply reply =
          scripts.getOrDefault(request.path(), ignored -> Reply.status(404)).answer(request);
      reply.headers().forEach(exchange.getResponseHeaders()::set);
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
