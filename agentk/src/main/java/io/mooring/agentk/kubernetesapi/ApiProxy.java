package io.mooring.agentk.kubernetesapi;

import com.google.protobuf.ByteString;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.mooring.agentk.kubernetes.AccessSource;
import io.mooring.agentk.worker.Timing;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.kubernetesapi.rpc.KubernetesApiGrpc;
import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;

/**
 * The service {@code KubernetesApi}: what kas asks is asked at the API server, under the agent's
 * own credentials. Its calls belong on the event loop it was made with.
 */
public final class ApiProxy implements AutoCloseable {
  private static final MethodDescriptor<HttpRequest, ByteString> MAKE_REQUEST =
      KubernetesApiGrpc.getMakeRequestMethod().toBuilder(
              KubernetesApiGrpc.getMakeRequestMethod().getRequestMarshaller(),
              ResponseMessages.MARSHALLER)
          .setSchemaDescriptor(null)
          .build();

  private final AccessSource source;
  private final EventLoop loop;
  private final ApiConnections connections;
  private final RequestCounts counts;

  private ApiProxy(
      AccessSource source, EventLoop loop, ApiConnections connections, RequestCounts counts) {
    this.source = source;
    this.loop = loop;
    this.connections = connections;
    this.counts = counts;
  }

  /**
   * A proxy without connections.
   *
   * @param loop runs it; outlives it
   * @param tasks looks up names
   */
  public static ApiProxy open(
      AccessSource source, EventLoop loop, Executor tasks, RequestCounts counts, Timing timing) {
    return new ApiProxy(source, loop, new ApiConnections(loop, tasks, timing), counts);
  }

  /** What can be called. */
  public ServerServiceDefinition service() {
    return ServerServiceDefinition.builder(KubernetesApiGrpc.SERVICE_NAME)
        .addMethod(
            MAKE_REQUEST,
            (call, headers) -> {
              call.request(1);
              return new ProxiedRequest(call, source, connections, counts);
            })
        .build();
  }

  /** Closes all connections; requests on them fail. */
  @Override
  public void close() {
    loop.execute(connections::close);
  }
}
