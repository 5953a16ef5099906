package io.mooring.kas.routing;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.kas.rpc.AgeContext;
import io.mooring.kas.rpc.Feature;
import io.mooring.kas.tunnel.TunnelRegistry;
import io.mooring.wire.kas.GatewayKasResponse;
import java.util.List;
import java.util.Set;

/**
 * Lets other replicas use the tunnels of this one (tunnel.md 5.1). It looks at no other replica, so
 * a request never goes from replica to replica to replica, whatever the index says.
 */
public final class Gateway implements Feature {
  private final TunnelRegistry registry;
  private final List<String> methods;

  /**
   * Over the tunnels of this replica.
   *
   * @param methods what agents may be asked, as full names
   */
  public Gateway(TunnelRegistry registry, List<String> methods) {
    this.registry = registry;
    this.methods = List.copyOf(methods);
  }

  @Override
  public List<ServerServiceDefinition> privateApiServices() {
    return methods.stream().map(this::service).toList();
  }

  @Override
  public Set<String> eventLoopMethods() {
    return Set.copyOf(methods);
  }

  private ServerServiceDefinition service(String name) {
    MethodDescriptor<ByteString, GatewayKasResponse> method = GatewayStream.method(name);
    ServiceDescriptor service =
        ServiceDescriptor.newBuilder(String.valueOf(method.getServiceName()))
            .addMethod(method)
            .build();
    return ServerServiceDefinition.builder(service).addMethod(method, this::serve).build();
  }

  private ServerCall.Listener<ByteString> serve(
      ServerCall<ByteString, GatewayKasResponse> call, Metadata headers) {
    try {
      GatewayCall serving =
          new GatewayCall(call, headers, RoutedAgent.of(headers), registry, AgeContext.current());
      serving.start();
      return serving;
    } catch (StatusException e) {
      Status status = e.getStatus();
      call.close(status, new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }
}
