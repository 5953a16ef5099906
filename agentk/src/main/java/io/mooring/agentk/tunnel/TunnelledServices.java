package io.mooring.agentk.tunnel;

import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.mooring.wire.reversetunnel.info.AgentDescriptor;
import io.mooring.wire.reversetunnel.info.Method;
import io.mooring.wire.reversetunnel.info.Service;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the agent serves, by the names of its methods. Immutable. */
final class TunnelledServices {
  private final Map<String, ServerMethodDefinition<?, ?>> methods;
  private final AgentDescriptor descriptor;

  TunnelledServices(List<ServerServiceDefinition> services) {
    Map<String, ServerMethodDefinition<?, ?>> found = new HashMap<>();
    AgentDescriptor.Builder described = AgentDescriptor.newBuilder();
    for (ServerServiceDefinition definition : services) {
      Service.Builder service =
          Service.newBuilder().setName(definition.getServiceDescriptor().getName());
      for (ServerMethodDefinition<?, ?> method : definition.getMethods()) {
        // Exists for every method that belongs to a service.
        String bare = String.valueOf(method.getMethodDescriptor().getBareMethodName());
        service.addMethods(Method.newBuilder().setName(bare));
        found.put(method.getMethodDescriptor().getFullMethodName(), method);
      }
      described.addServices(service);
    }
    methods = Map.copyOf(found);
    descriptor = described.build();
  }

  /** What kas is told. */
  AgentDescriptor descriptor() {
    return descriptor;
  }

  /**
   * Looks a method up.
   *
   * @param path with a slash in front, as kas sends it
   */
  Optional<ServerMethodDefinition<?, ?>> method(String path) {
    return Optional.ofNullable(methods.get(path.startsWith("/") ? path.substring(1) : path));
  }
}
