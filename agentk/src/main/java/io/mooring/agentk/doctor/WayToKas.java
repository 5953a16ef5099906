package io.mooring.agentk.doctor;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.mooring.agentk.connection.KasConnection;
import io.mooring.agentk.worker.Timing;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.transport.HostPort;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.entity.AgentMeta;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocket;

/** Goes to kas step by step, and notes what each step found. One thread. */
final class WayToKas {
  private static final long LOOP_SECONDS = 5;

  private final Timing timing;
  private final Duration bound;
  private final ExecutorService tasks;
  private final ClockCheck clocks;
  private final List<Finding> findings;
  private Optional<AgentConfiguration> configuration = Optional.empty();

  WayToKas(
      Timing timing,
      Duration bound,
      ExecutorService tasks,
      ClockCheck clocks,
      List<Finding> findings) {
    this.timing = timing;
    this.bound = bound;
    this.tasks = tasks;
    this.clocks = clocks;
    this.findings = findings;
  }

  /** What kas sent, if it came so far. */
  Optional<AgentConfiguration> configuration() {
    return configuration;
  }

  /** Notes everything up to the first failure, which it throws. */
  void walk(Doctor.KasSettings source) throws UnhealthyException, InterruptedException {
    KasConnection.Settings settings = settings(source);
    KasAddress address = settings.address();
    findings.add(Finding.ok(Check.ADDRESS, "the address is one", address.toString()));
    Route route = Route.to(address, settings.proxies());
    findings.add(route.describe(address, settings.proxies()));
    List<InetAddress> addresses = route.resolve();
    findings.add(
        Finding.ok(
            Check.DNS,
            route.peer().host() + " has addresses",
            addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "))));
    String server = transport(settings, route, addresses);
    calls(settings);
    findings.add(VersionCheck.judge(server, BuildInfo.current().version()));
  }

  private static KasConnection.Settings settings(Doctor.KasSettings source)
      throws UnhealthyException {
    try {
      return source.read();
    } catch (SettingException e) {
      boolean token = String.valueOf(e.getMessage()).startsWith("--token-file");
      throw new UnhealthyException(
          token ? Check.TOKEN : Check.ADDRESS,
          "a setting cannot be used",
          String.valueOf(e.getMessage()),
          "settings that the agent can be started with",
          "mend the setting that is named");
    }
  }

  /** From TCP to HTTP/2; answers what kas calls itself. */
  private String transport(
      KasConnection.Settings settings, Route route, List<InetAddress> addresses)
      throws UnhealthyException {
    TlsCheck tls = tls(settings);
    try (Line tcp = route.connect(addresses, step())) {
      findings.add(Finding.ok(Check.TCP, "connected to " + route.peer(), ""));
      Line line = through(settings, route, tcp);
      findings.add(
          route.proxy().isPresent()
              ? Finding.ok(Check.CONNECT, "the proxy opens a way to " + route.asked(), "")
              : Finding.skipped(Check.CONNECT, "no proxy on the way"));
      String protocol = "h2";
      if (settings.address().tls()) {
        line =
            tls.secure(
                line,
                step(),
                timing.clock().instant(),
                () -> through(settings, route, route.connect(addresses, step())));
        var socket = (SSLSocket) line.socket();
        findings.add(tls.describe(socket, timing.clock().instant()));
        protocol = socket.getApplicationProtocol();
      } else {
        findings.add(Finding.skipped(Check.TLS, "the scheme is without TLS"));
      }
      return http(settings, line, protocol);
    }
  }

  private Line through(KasConnection.Settings settings, Route route, Line line)
      throws UnhealthyException {
    return route.through(line, settings.tls().java().getSocketFactory(), step());
  }

  private static TlsCheck tls(KasConnection.Settings settings) {
    HostPort endpoint = endpoint(settings.address());
    var name = new HostPort(settings.serverName().orElse(endpoint.host()), endpoint.port());
    return new TlsCheck(
        settings.tls(),
        name,
        settings.address() instanceof KasAddress.Grpc ? List.of("h2") : List.of());
  }

  private static HostPort endpoint(KasAddress address) {
    return switch (address) {
      case KasAddress.Grpc grpc -> grpc.endpoint();
      case KasAddress.WebSocket webSocket -> webSocket.endpoint();
    };
  }

  private String http(KasConnection.Settings settings, Line line, String protocol)
      throws UnhealthyException {
    return switch (settings.address()) {
      case KasAddress.Grpc ignored -> http2(line, protocol);
      case KasAddress.WebSocket webSocket -> webSocket(settings, webSocket, line);
    };
  }

  private String http2(Line line, String protocol) throws UnhealthyException {
    findings.add(Finding.skipped(Check.WEBSOCKET, "the scheme is without WebSocket"));
    Http2Check.negotiated(protocol);
    Http2Check.plain(line, step());
    findings.add(Finding.ok(Check.HTTP2, "HTTP/2 is spoken", ""));
    return "";
  }

  private String webSocket(KasConnection.Settings settings, KasAddress.WebSocket address, Line line)
      throws UnhealthyException {
    HttpHead answer =
        new WebSocketCheck(address, settings.headers(), timing.random()).open(line, step());
    answer.date().ifPresent(date -> clocks.saw("kas", date, timing.clock().instant()));
    findings.add(Finding.ok(Check.WEBSOCKET, "the WebSocket opens", answer.header("server")));
    Http2Check.framed(line, step());
    findings.add(Finding.ok(Check.HTTP2, "HTTP/2 is spoken inside of it", ""));
    return answer.header("server");
  }

  /** Uses the connection that the agent itself would use. */
  private void calls(KasConnection.Settings settings)
      throws UnhealthyException, InterruptedException {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (KasConnection kas = open(settings, loops)) {
      var build = BuildInfo.current();
      var calls =
          new KasCalls(
              kas.impatient(),
              AgentMeta.newBuilder()
                  .setVersion(build.version())
                  .setCommitId(build.commit())
                  .build(),
              bound);
      findings.addAll(calls.stream());
      configure(calls);
    } finally {
      loops
          .shutdownGracefully(0, LOOP_SECONDS, TimeUnit.SECONDS)
          .awaitUninterruptibly(LOOP_SECONDS, TimeUnit.SECONDS);
    }
  }

  private KasConnection open(KasConnection.Settings settings, EventLoopGroup loops)
      throws UnhealthyException {
    try {
      return KasConnection.open(settings, loops, tasks, new Unmeasured());
    } catch (SettingException e) {
      throw new UnhealthyException(
          Check.TOKEN,
          "a setting cannot be used",
          String.valueOf(e.getMessage()),
          "settings that the agent can be started with",
          "mend the setting that is named");
    }
  }

  private void configure(KasCalls calls) {
    try {
      configuration = calls.configuration();
      findings.add(
          configuration
              .map(read ->
                  Finding.ok(
                      Check.CONFIGURATION,
                      "kas sends the configuration of agent " + read.getAgentId(),
                      read.getProjectPath()))
              .orElseGet(() ->
                  Finding.skipped(
                      Check.CONFIGURATION,
                      "kas sent none within "
                          + bound.toSeconds()
                          + " s: the configuration project may have no commit yet")));
    } catch (UnhealthyException e) {
      findings.add(e.finding());
    }
  }

  private Bound step() {
    return Bound.of(timing, bound);
  }

  /** Nobody reads the metrics of a doctor. */
  private static final class Unmeasured implements ClientInterceptor {
    @Override
    public <Q, S> ClientCall<Q, S> interceptCall(
        MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
      return next.newCall(method, options);
    }
  }
}
