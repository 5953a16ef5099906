package io.mooring.agentk.connection;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.GrpcChannels;
import io.mooring.protocol.transport.HttpProxies;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.protocol.validation.ValidatingClientInterceptor;
import io.mooring.protocol.websocket.HandshakeHeader;
import io.mooring.protocol.websocket.WebSocketChannels;
import io.netty.channel.EventLoopGroup;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to kas: kept open, made again with back-off, one per resolved address. Calls that
 * may wait use {@link #patient()}; a call that should fail at once when kas is away uses {@link
 * #impatient()}.
 */
public final class KasConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KasConnection.class);

  /** Calls still open when the agent stops have this long to end after they were cancelled. */
  private static final long CLOSE_SECONDS = 5;

  /**
   * Bytes that kas may send on one stream before they are taken: what an upload costs whose reader
   * stalls, 500 of them at most. Without a fixed number gRPC raises it to 8 MiB on a fast network.
   * At 50 ms to kas it still allows 10 MB/s on each stream.
   */
  private static final int STREAM_WINDOW = 512 * 1024;

  private final ManagedChannel managed;
  private final Channel channel;
  private final List<Runnable> onConnected = new CopyOnWriteArrayList<>();

  private KasConnection(ManagedChannel managed, Channel channel) {
    this.managed = managed;
    this.channel = channel;
  }

  /**
   * How kas is reached.
   *
   * @param address the value of {@code --kas-address}
   * @param tls whom to trust
   * @param serverName the name to verify instead of the host
   * @param token sent with every RPC
   * @param headers sent with every RPC, or in the handshake of a WebSocket only
   * @param proxies on the way
   */
  public record Settings(
      KasAddress address,
      ClientTls tls,
      Optional<String> serverName,
      AgentToken token,
      List<KasHeader> headers,
      HttpProxies proxies) {
    /** Copies the list. */
    public Settings {
      headers = List.copyOf(headers);
    }

    /** Without a proxy. */
    public Settings(
        KasAddress address,
        ClientTls tls,
        Optional<String> serverName,
        AgentToken token,
        List<KasHeader> headers) {
      this(address, tls, serverName, token, headers, HttpProxies.none());
    }

    private List<KasHeader> callHeaders() {
      return switch (address) {
        case KasAddress.Grpc ignored -> headers;
        case KasAddress.WebSocket ignored -> List.of();
      };
    }
  }

  /**
   * Starts connecting and returns at once.
   *
   * @param loops event loops that outlive the connection
   * @param tasks runs callbacks and name look-ups
   * @param metrics counts the calls
   * @throws SettingException when a setting cannot be used
   */
  public static KasConnection open(
      Settings settings, EventLoopGroup loops, Executor tasks, ClientInterceptor metrics) {
    TokenSource token = TokenSource.open(settings.token());
    ManagedChannel managed =
        builder(settings)
            .eventLoopGroup(loops)
            .flowControlWindow(STREAM_WINDOW)
            .executor(tasks)
            .offloadExecutor(tasks)
            .userAgent(BuildInfo.current().agent())
            .build();
    // The first of these sees a call first.
    Channel channel =
        ClientInterceptors.interceptForward(
            managed,
            metrics,
            new ValidatingClientInterceptor(),
            new CallDefaults(token, settings.callHeaders()));
    var connection = new KasConnection(managed, channel);
    connection.watch(managed.getState(true), settings.address());
    return connection;
  }

  /** The one place that knows transports: a new scheme is a new case here. */
  private static NettyChannelBuilder builder(Settings settings) {
    return switch (settings.address()) {
      case KasAddress.Grpc grpc ->
          GrpcChannels.kas(grpc, settings.tls(), settings.serverName(), settings.proxies());
      case KasAddress.WebSocket webSocket ->
          WebSocketChannels.kas(
              webSocket,
              settings.tls(),
              settings.serverName(),
              new WebSocketChannels.Opening(
                  BuildInfo.current().agent(),
                  settings.headers().stream()
                      .map(header -> new HandshakeHeader(header.name(), header.value()))
                      .toList(),
                  settings.proxies()));
    };
  }

  /** For calls that wait until kas can be reached. */
  public Channel patient() {
    return ClientInterceptors.intercept(channel, new WaitForReady());
  }

  /** For calls that fail at once while kas cannot be reached. */
  public Channel impatient() {
    return channel;
  }

  /** Runs each time a connection was made, on a thread of the connection: it must not block. */
  public void onConnected(Runnable action) {
    onConnected.add(action);
  }

  private void watch(ConnectivityState state, KasAddress address) {
    if (state == ConnectivityState.SHUTDOWN) {
      return;
    }
    managed.notifyWhenStateChanged(
        state,
        () -> {
          ConnectivityState now = managed.getState(true);
          switch (now) {
            case READY -> {
              LOG.atInfo().addKeyValue("kas_url", address).log("Connected to kas");
              onConnected.forEach(Runnable::run);
            }
            case TRANSIENT_FAILURE ->
                LOG.atWarn()
                    .addKeyValue("kas_url", address)
                    .log("Cannot reach kas, will try again");
            case CONNECTING, IDLE, SHUTDOWN -> {
              // Between the two.
            }
          }
          watch(now, address);
        });
  }

  /** Cancels what runs and closes the connection. */
  @Override
  public void close() {
    managed.shutdownNow();
    try {
      if (!managed.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.atWarn().log("Connection to kas did not close in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
