package io.mooring.kas.original;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.ScanCursor;
import io.mooring.kas.store.RawRedis;
import io.mooring.kas.tunnel.RawMessages;
import io.mooring.wire.kas.GatewayKasResponse;
import io.mooring.wire.prototool.Values;
import io.mooring.wire.redistool.ExpiringValue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for a Go kas beside ours on one Redis (tunnel.md 5, redis-observability.md 1 and 2): as
 * the gateway it lists itself in Redis with the original's bytes and answers as a Go kas that has
 * got a tunnel; as the router it reads the list, dials with a JWT of its own making and follows the
 * original's sequence. The agent behind its tunnel sends back each message.
 */
final class OriginalReplica implements AutoCloseable {
  static final Metadata.Key<String> AGENT =
      Metadata.Key.of("kas-hop-routing-agent-id", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final long PATIENCE_SECONDS = 30;
  private static final int TTL_SECONDS = 300;

  private final RawRedis redis;
  private final byte[] secret;
  private final Server server;
  private final List<JsonObject> claims = new CopyOnWriteArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private volatile boolean stopping;
  private volatile com.google.rpc.@Nullable Status error;

  OriginalReplica(RawRedis redis, byte[] secret) throws IOException {
    this.redis = redis;
    this.secret = secret.clone();
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .fallbackHandlerRegistry(new Gateway())
            .build()
            .start();
  }

  /** What is in Redis as the address of its private API. */
  String url() {
    return "grpc://127.0.0.1:" + server.getPort();
  }

  /** Claims of the JWTs that came. */
  List<JsonObject> claims() {
    return claims;
  }

  /** From now on what waits for StartStreaming ends with OK, as when the program stops. */
  void stop() {
    stopping = true;
  }

  /** Ends each call with this instead of OK. */
  void fail(com.google.rpc.Status status) {
    error = status;
  }

  /** Says in Redis that there is a tunnel of this agent here. */
  void list(long agentId) {
    byte[] key = key(agentId);
    byte[] value =
        ExpiringValue.newBuilder()
            .setExpiresAt(Instant.now().getEpochSecond() + TTL_SECONDS)
            .build()
            .toByteArray();
    redis.commands().multi();
    redis.commands().hset(key, url().getBytes(StandardCharsets.US_ASCII), value);
    redis.commands().pexpire(key, TTL_SECONDS * 1000L);
    redis.commands().exec();
  }

  /** The addresses of other replicas that have a tunnel, as the original reads them. */
  List<String> others(long agentId) throws IOException {
    List<String> urls = new ArrayList<>();
    ScanCursor cursor = ScanCursor.INITIAL;
    do {
      MapScanCursor<byte[], byte[]> page = redis.commands().hscan(key(agentId), cursor);
      for (var entry : page.getMap().entrySet()) {
        String url = new String(entry.getKey(), StandardCharsets.US_ASCII);
        ExpiringValue value = ExpiringValue.parseFrom(entry.getValue());
        if (!url.equals(url()) && value.getExpiresAt() >= Instant.now().getEpochSecond()) {
          urls.add(url);
        }
      }
      cursor = page;
    } while (!cursor.isFinished());
    return urls;
  }

  private static byte[] key(long agentId) {
    byte[] prefix =
        "gitlab-kas:tunnel_tracker2:kas_by_agent_id:".getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(prefix.length + 8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(prefix)
        .putLong(agentId)
        .array();
  }

  /** Dials another replica and asks for a tunnel of the agent. */
  Attempt route(String url, long agentId, String method) throws GeneralSecurityException {
    String target = url.substring("grpc://".length());
    ManagedChannel channel = NettyChannelBuilder.forTarget(target).usePlaintext().build();
    channels.add(channel);
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + jwt());
    headers.put(AGENT, Long.toString(agentId));
    var attempt =
        new Attempt(channel.newCall(method(method), CallOptions.DEFAULT.withWaitForReady()));
    attempt.call.start(attempt, headers);
    attempt.call.request(Integer.MAX_VALUE);
    return attempt;
  }

  private static MethodDescriptor<ByteString, GatewayKasResponse> method(String name) {
    return MethodDescriptor.<ByteString, GatewayKasResponse>newBuilder()
        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
        .setFullMethodName(name)
        .setRequestMarshaller(RawMessages.MARSHALLER)
        .setResponseMarshaller(ProtoUtils.marshaller(GatewayKasResponse.getDefaultInstance()))
        .build();
  }

  /** As golang-jwt writes it: five seconds of life, backdated by five. */
  private String jwt() throws GeneralSecurityException {
    long now = Instant.now().getEpochSecond();
    String content =
        base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + base64(
                "{\"iss\":\"gitlab-kas\",\"aud\":[\"gitlab-kas\"],\"exp\":%d,\"nbf\":%d,\"iat\":%d}"
                    .formatted(now + 5, now - 5, now)
                    .getBytes(StandardCharsets.UTF_8));
    return content + "." + base64(signature(content));
  }

  private byte[] signature(String content) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    return mac.doFinal(content.getBytes(StandardCharsets.US_ASCII));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether golang-jwt would let this in; notes the claims. */
  private boolean letsIn(@Nullable String authorization) {
    String[] parts =
        (authorization == null ? "" : authorization)
            .replaceFirst("(?i)^bearer ", "")
            .split("\\.", -1);
    try {
      if (parts.length != 3 || !base64(signature(parts[0] + "." + parts[1])).equals(parts[2])) {
        return false;
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has HMAC-SHA256", e);
    }
    claims.add(
        JsonParser.parseString(
                new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8))
            .getAsJsonObject());
    return true;
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.shutdownNow();
    try {
      server.awaitTermination(10, TimeUnit.SECONDS);
      for (ManagedChannel channel : channels) {
        channel.awaitTermination(10, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The router's side of a call, moved on by a test. */
  static final class Attempt extends ClientCall.Listener<GatewayKasResponse> {
    private final ClientCall<ByteString, GatewayKasResponse> call;
    private final BlockingQueue<GatewayKasResponse> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    private Attempt(ClientCall<ByteString, GatewayKasResponse> call) {
      this.call = call;
    }

    @Override
    public void onMessage(GatewayKasResponse message) {
      received.add(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status);
    }

    GatewayKasResponse next() throws InterruptedException, TimeoutException {
      GatewayKasResponse message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new TimeoutException("kas sent nothing");
      }
      return message;
    }

    /** An empty message, which is what {@code StartStreaming} is. */
    void startStreaming() {
      call.sendMessage(ByteString.EMPTY);
    }

    void send(ByteString message) {
      call.sendMessage(message);
    }

    void halfClose() {
      call.halfClose();
    }

    Status end() throws Exception {
      return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Takes any method, as the original's private API does. */
  private final class Gateway extends HandlerRegistry {
    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
      return ServerMethodDefinition.create(
          method(name),
          (call, headers) -> {
            if (!letsIn(headers.get(AUTHORIZATION))) {
              call.close(Status.UNAUTHENTICATED, new Metadata());
              return new ServerCall.Listener<>() {};
            }
            call.sendHeaders(new Metadata());
            call.request(Integer.MAX_VALUE);
            call.sendMessage(
                GatewayKasResponse.newBuilder()
                    .setNoTunnel(GatewayKasResponse.NoTunnel.getDefaultInstance())
                    .build());
            call.sendMessage(
                GatewayKasResponse.newBuilder()
                    .setTunnelReady(GatewayKasResponse.TunnelReady.getDefaultInstance())
                    .build());
            return new Streaming(call);
          });
    }
  }

  private final class Streaming extends ServerCall.Listener<ByteString> {
    private final ServerCall<ByteString, GatewayKasResponse> call;
    private boolean started;

    Streaming(ServerCall<ByteString, GatewayKasResponse> call) {
      this.call = call;
    }

    @Override
    public void onMessage(ByteString message) {
      if (started) {
        call.sendMessage(
            GatewayKasResponse.newBuilder()
                .setMessage(GatewayKasResponse.Message.newBuilder().setData(message))
                .build());
        return;
      }
      started = true;
      if (stopping) {
        call.close(Status.OK, new Metadata());
        return;
      }
      if (!message.isEmpty()) {
        call.close(
            Status.INVALID_ARGUMENT.withDescription("StartStreaming is empty"), new Metadata());
        return;
      }
      call.sendMessage(
          GatewayKasResponse.newBuilder()
              .setHeader(
                  GatewayKasResponse.Header.newBuilder()
                      .putMeta("x-head", Values.newBuilder().addValue("1").build())
                      .putMeta(
                          "content-type", Values.newBuilder().addValue("application/grpc").build()))
              .build());
    }

    @Override
    public void onHalfClose() {
      if (started) {
        call.sendMessage(
            GatewayKasResponse.newBuilder()
                .setTrailer(
                    GatewayKasResponse.Trailer.newBuilder()
                        .putMeta("x-tail", Values.newBuilder().addValue("2").build()))
                .build());
        com.google.rpc.Status failure = error;
        if (failure != null) {
          call.sendMessage(
              GatewayKasResponse.newBuilder()
                  .setError(GatewayKasResponse.Error.newBuilder().setStatus(failure))
                  .build());
        }
      }
      call.close(Status.OK, new Metadata());
    }
  }
}
