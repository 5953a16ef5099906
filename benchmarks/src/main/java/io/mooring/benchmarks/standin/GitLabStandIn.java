package io.mooring.benchmarks.standin;

import io.mooring.benchmarks.loopback.HttpPort;
import io.mooring.benchmarks.loopback.Loops;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The part of GitLab that kas calls (gitlab-api.md 2): knows the agents of {@link AgentTokens},
 * each configured in a project of its own, and one CI job that may use the first of them as the
 * agent itself. Any thread.
 */
public final class GitLabStandIn implements AutoCloseable {
  /** The token of the CI job. */
  public static final String JOB_TOKEN = "benchmark-job-token";

  /** How many agents the job may use: its answer is read anew every minute, so it stays small. */
  public static final int JOB_AGENTS = 200;

  private static final String INTERNAL = "/api/v4/internal/kubernetes/";

  /** Usage figures and audit records in one call. */
  private static final int MAX_BODY = 4 * 1024 * 1024;

  private final String gitaly;
  private final Map<String, LongAdder> calls = new ConcurrentHashMap<>();
  private final Map<Long, LongAdder> lookups = new ConcurrentHashMap<>();
  private final HttpPort port;

  private GitLabStandIn(Loops loops, String gitaly) {
    this.gitaly = gitaly;
    port = HttpPort.open(loops, () -> List.of(new HttpObjectAggregator(MAX_BODY), new Answering()));
  }

  /**
   * Begins to serve.
   *
   * @param gitaly where all repositories are said to be
   */
  public static GitLabStandIn start(Loops loops, String gitaly) {
    return new GitLabStandIn(loops, gitaly);
  }

  /** Its base URL. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + port.number());
  }

  /** How often an endpoint, such as {@code agent_info}, was called. */
  public long calls(String endpoint) {
    LongAdder counted = calls.get(endpoint);
    return counted == null ? 0 : counted.sum();
  }

  /** How often it was asked about the agent it was asked about most, since {@link #forget}. */
  public long mostLookupsOfOneAgent() {
    return lookups.values().stream().mapToLong(LongAdder::sum).max().orElse(0);
  }

  /** Begins to count anew. */
  public void forget() {
    calls.clear();
    lookups.clear();
  }

  @Override
  public void close() {
    port.close();
  }

  private record Answer(HttpResponseStatus status, String json) {
    static Answer ok(String json) {
      return new Answer(HttpResponseStatus.OK, json);
    }
  }

  private Answer answer(FullHttpRequest request) {
    String path = request.uri().split("\\?", 2)[0];
    String endpoint = path.substring(path.lastIndexOf('/') + 1);
    calls.computeIfAbsent(endpoint, key -> new LongAdder()).increment();
    return switch (endpoint) {
      case "agent_info" -> agent(request);
      case "allowed_agents" -> job(request);
      default ->
          new Answer(
              path.startsWith(INTERNAL)
                  ? HttpResponseStatus.NO_CONTENT
                  : HttpResponseStatus.NOT_FOUND,
              "");
    };
  }

  private Answer agent(FullHttpRequest request) {
    String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
    OptionalLong id = AgentTokens.agentOf(authorization.replaceFirst("^Bearer ", ""));
    if (id.isEmpty()) {
      return new Answer(HttpResponseStatus.UNAUTHORIZED, "{}");
    }
    lookups.computeIfAbsent(id.getAsLong(), key -> new LongAdder()).increment();
    return Answer.ok(
        """
        {"project_id":%1$d,"agent_id":%1$d,"agent_name":"agent-%1$d",
         "gitaly_info":{"address":"%2$s","token":"","features":{}},
         "gitaly_repository":{"storage_name":"default","relative_path":"@hashed/aa/bb/%1$d.git",
           "gl_repository":"project-%1$d","gl_project_path":"benchmark/project-%1$d"},
         "default_branch":"main"}
        """
            .formatted(id.getAsLong(), gitaly));
  }

  private static Answer job(FullHttpRequest request) {
    if (!JOB_TOKEN.equals(request.headers().get("Job-Token"))) {
      return new Answer(HttpResponseStatus.UNAUTHORIZED, "{}");
    }
    StringBuilder agents = new StringBuilder();
    for (int id = 1; id <= JOB_AGENTS; id++) {
      agents
          .append(id == 1 ? "" : ",")
          .append("{\"id\":%1$d,\"config_project\":{\"id\":%1$d},".formatted(id))
          .append("\"configuration\":{\"access_as\":{\"agent\":{}}}}");
    }
    return Answer.ok(
        """
        {"allowed_agents":[%s],"job":{"id":7},"pipeline":{"id":6},
         "project":{"id":150,"groups":[{"id":23}]},"user":{"id":1,"username":"root"}}
        """
            .formatted(agents));
  }

  private final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      Answer answer = answer(request);
      var response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              answer.status(),
              Unpooled.copiedBuffer(answer.json(), StandardCharsets.UTF_8));
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
      if (answer.status().code() != HttpResponseStatus.NO_CONTENT.code()) {
        HttpUtil.setContentLength(response, response.content().readableBytes());
      }
      var _ = ctx.writeAndFlush(response);
    }
  }
}
