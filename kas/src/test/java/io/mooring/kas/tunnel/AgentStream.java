package io.mooring.kas.tunnel;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.mooring.wire.prototool.Values;
import io.mooring.wire.reversetunnel.info.AgentDescriptor;
import io.mooring.wire.reversetunnel.info.Method;
import io.mooring.wire.reversetunnel.info.Service;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import io.mooring.wire.reversetunnel.rpc.Descriptor;
import io.mooring.wire.reversetunnel.rpc.Error;
import io.mooring.wire.reversetunnel.rpc.Header;
import io.mooring.wire.reversetunnel.rpc.Message;
import io.mooring.wire.reversetunnel.rpc.ReverseTunnelGrpc;
import io.mooring.wire.reversetunnel.rpc.Trailer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The agent's end of one {@code Connect} stream, told by a test what to send. */
public final class AgentStream {
  /** What agents offer. */
  public static final String SERVICE = "gitlab.agent.kubernetes_api.rpc.KubernetesApi";

  /** Full name of the method agents offer. */
  public static final String METHOD = SERVICE + "/MakeRequest";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ClientCall<ConnectRequest, ConnectResponse> call;
  private final BlockingQueue<ConnectResponse> received = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();

  private AgentStream(Channel channel, Metadata headers, int readAhead) {
    call =
        channel.newCall(
            ReverseTunnelGrpc.getConnectMethod(),
            CallOptions.DEFAULT.withCompression("gzip").withWaitForReady());
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(ConnectResponse message) {
            received.add(message);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        headers);
    call.request(readAhead);
  }

  /** Opens the stream and says nothing. */
  public static AgentStream silent(Channel channel) {
    return new AgentStream(channel, new Metadata(), Integer.MAX_VALUE);
  }

  /** Opens a tunnel as an agent does. */
  public static AgentStream open(Channel channel) {
    return silent(channel).describe(SERVICE, "MakeRequest");
  }

  /** Opens a tunnel, then reads no more than so many messages. */
  public static AgentStream openAndRead(Channel channel, int messages) {
    return new AgentStream(channel, new Metadata(), messages).describe(SERVICE, "MakeRequest");
  }

  /** Sends a descriptor. */
  public AgentStream describe(String service, String method) {
    Service offered =
        Service.newBuilder()
            .setName(service)
            .addMethods(Method.newBuilder().setName(method))
            .build();
    return send(
        ConnectRequest.newBuilder()
            .setDescriptorMessage(
                Descriptor.newBuilder()
                    .setAgentDescriptor(AgentDescriptor.newBuilder().addServices(offered)))
            .build());
  }

  /** Sends response headers. */
  public AgentStream header(Map<String, String> meta) {
    return send(
        ConnectRequest.newBuilder()
            .setHeader(Header.newBuilder().putAllMeta(values(meta)))
            .build());
  }

  /** Sends a response message. */
  public AgentStream message(ByteString data) {
    return send(ConnectRequest.newBuilder().setMessage(Message.newBuilder().setData(data)).build());
  }

  /** Sends response trailers. */
  public AgentStream trailer(Map<String, String> meta) {
    return send(
        ConnectRequest.newBuilder()
            .setTrailer(Trailer.newBuilder().putAllMeta(values(meta)))
            .build());
  }

  /** Sends a final status. */
  public AgentStream error(int code, String text, Any... details) {
    com.google.rpc.Status status =
        com.google.rpc.Status.newBuilder()
            .setCode(code)
            .setMessage(text)
            .addAllDetails(List.of(details))
            .build();
    return send(ConnectRequest.newBuilder().setError(Error.newBuilder().setStatus(status)).build());
  }

  /** Sends anything. */
  public AgentStream send(ConnectRequest message) {
    call.sendMessage(message);
    return this;
  }

  /** Says that nothing follows. */
  public AgentStream halfClose() {
    call.halfClose();
    return this;
  }

  /** Answers with these messages and a good end. */
  public AgentStream answer(ByteString... messages) {
    header(Map.of());
    for (ByteString message : messages) {
      message(message);
    }
    return trailer(Map.of()).halfClose();
  }

  /** Goes away without a word. */
  public void cancel() {
    call.cancel("the agent is gone", null);
  }

  /** Whether the transport takes another message without queueing it. */
  public boolean isReady() {
    return call.isReady();
  }

  /** Reads more. */
  public void read(int messages) {
    call.request(messages);
  }

  /** The next message of kas. */
  public ConnectResponse next() throws InterruptedException, TimeoutException {
    ConnectResponse message = received.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (message == null) {
      throw new TimeoutException(
          "kas sent nothing; the stream's end: " + (end.isDone() ? end.join() : "not yet"));
    }
    return message;
  }

  /** How many messages of kas wait for {@link #next()}. */
  public int waiting() {
    return received.size();
  }

  /** How kas ended the stream. */
  public Status end() throws Exception {
    return end.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether the stream goes on. */
  public boolean isOpen() {
    return !end.isDone();
  }

  private static Map<String, Values> values(Map<String, String> meta) {
    Map<String, Values> values = new HashMap<>();
    meta.forEach((key, value) -> values.put(key, Values.newBuilder().addValue(value).build()));
    return values;
  }
}
