package io.mooring.allinone.chain;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.mooring.kas.tunnel.RawMessages;
import io.mooring.wire.agentconfiguration.rpc.AgentConfigurationGrpc;
import io.mooring.wire.agentevents.rpc.AgentEventsGrpc;
import io.mooring.wire.agentregistrar.rpc.AgentRegistrarGrpc;
import io.mooring.wire.flux.rpc.GitLabFluxGrpc;
import io.mooring.wire.gitops.rpc.GitopsGrpc;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.grpctool.HttpResponse;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import io.mooring.wire.reversetunnel.rpc.ReverseTunnelGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stands between an agent and kas and makes each look to the other like a program of the next
 * version: every message, also those inside of tunnels, gets fields that nobody knows.
 */
final class NewerWire implements AutoCloseable {
  private static final int ONE = 1000;
  private static final int OTHER = 536_870_911;
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final Map<String, MethodDescriptor<?, ?>> METHODS =
      Stream.of(
              AgentConfigurationGrpc.getServiceDescriptor(),
              AgentEventsGrpc.getServiceDescriptor(),
              AgentRegistrarGrpc.getServiceDescriptor(),
              GitLabFluxGrpc.getServiceDescriptor(),
              GitopsGrpc.getServiceDescriptor(),
              ReverseTunnelGrpc.getServiceDescriptor())
          .map(ServiceDescriptor::getMethods)
          .flatMap(java.util.Collection::stream)
          .collect(Collectors.toMap(MethodDescriptor::getFullMethodName, Function.identity()));

  private final Set<String> changed = ConcurrentHashMap.newKeySet();
  private final ManagedChannel kas;
  private final Server server;

  NewerWire(int kasPort) throws IOException {
    kas =
        NettyChannelBuilder.forAddress("127.0.0.1", kasPort)
            .usePlaintext()
            .directExecutor()
            .userAgent("gitlab-agent/v99.0.0/0123abcd")
            .build();
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .fallbackHandlerRegistry(new Between())
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  /** Kinds of messages that went by. */
  Set<String> changed() {
    return changed;
  }

  private ByteString newer(ByteString bytes, Optional<Message> type) {
    if (type.isEmpty()) {
      return bytes;
    }
    try {
      return newer(type.get().getParserForType().parseFrom(bytes)).toByteString();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("no " + type.get().getDescriptorForType().getName(), e);
    }
  }

  private Message newer(Message message) {
    changed.add(message.getDescriptorForType().getFullName());
    Message.Builder builder = message.toBuilder();
    message
        .getAllFields()
        .forEach((field, value) -> {
          if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
              && !field.isMapField()
              && !field.getMessageType().getFullName().startsWith("google.")) {
            builder.setField(
                field,
                value instanceof List<?> list
                    ? list.stream().map(element -> newer((Message) element)).toList()
                    : newer((Message) value));
          }
        });
    builder.setUnknownFields(
        UnknownFieldSet.newBuilder()
            .addField(ONE, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
            .addField(
                OTHER,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("of the next version"))
                    .build())
            .build());
    return carried(builder.build());
  }

  /** What a tunnel carries is a message too. */
  private Message carried(Message message) {
    return switch (message) {
      case ConnectRequest request when request.hasMessage() ->
          request.toBuilder()
              .setMessage(
                  request.getMessage().toBuilder()
                      .setData(
                          newer(
                              request.getMessage().getData(),
                              Optional.of(HttpResponse.getDefaultInstance()))))
              .build();
      case ConnectResponse response when response.hasMessage() ->
          response.toBuilder()
              .setMessage(
                  response.getMessage().toBuilder()
                      .setData(
                          newer(
                              response.getMessage().getData(),
                              Optional.of(HttpRequest.getDefaultInstance()))))
              .build();
      default -> message;
    };
  }

  private static Optional<Message> type(MethodDescriptor.@Nullable Marshaller<?> marshaller) {
    return marshaller instanceof PrototypeMarshaller<?> known
            && known.getMessagePrototype() instanceof Message prototype
        ? Optional.of(prototype)
        : Optional.empty();
  }

  @Override
  public void close() {
    server.shutdownNow();
    kas.shutdownNow();
    try {
      server.awaitTermination(10, TimeUnit.SECONDS);
      kas.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Between extends HandlerRegistry {
    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
      return ServerMethodDefinition.create(RawMessages.method(name), this::start);
    }

    private ServerCall.Listener<ByteString> start(
        ServerCall<ByteString, ByteString> call, Metadata headers) {
      MethodDescriptor<?, ?> method = METHODS.get(call.getMethodDescriptor().getFullMethodName());
      Optional<Message> requests =
          method == null ? Optional.empty() : type(method.getRequestMarshaller());
      Optional<Message> answers =
          method == null ? Optional.empty() : type(method.getResponseMarshaller());
      ClientCall<ByteString, ByteString> up =
          kas.newCall(call.getMethodDescriptor(), CallOptions.DEFAULT.withWaitForReady());
      Metadata passed = new Metadata();
      String authorization = headers.get(AUTHORIZATION);
      if (authorization != null) {
        passed.put(AUTHORIZATION, authorization);
      }
      call.sendHeaders(new Metadata());
      up.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(ByteString message) {
              call.sendMessage(newer(message, answers));
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              call.close(status, trailers);
            }
          },
          passed);
      up.request(Integer.MAX_VALUE);
      call.request(Integer.MAX_VALUE);
      return new ServerCall.Listener<>() {
        @Override
        public void onMessage(ByteString message) {
          up.sendMessage(newer(message, requests));
        }

        @Override
        public void onHalfClose() {
          up.halfClose();
        }

        @Override
        public void onCancel() {
          up.cancel("the agent has left", null);
        }
      };
    }
  }
}
