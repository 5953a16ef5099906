package io.mooring.kas.rpc;

import io.grpc.ServerServiceDefinition;
import java.util.List;
import java.util.Set;

/**
 * A part of kas that can be added with one line in {@code Kas}: the services it offers and what it
 * must end at shutdown.
 */
public interface Feature extends AutoCloseable {
  /**
   * Services for agents. Validation, authentication, limits and metrics are put around them by the
   * server.
   */
  default List<ServerServiceDefinition> agentServices() {
    return List.of();
  }

  /** Services for GitLab. */
  default List<ServerServiceDefinition> apiServices() {
    return List.of();
  }

  /** Services for other replicas. */
  default List<ServerServiceDefinition> privateApiServices() {
    return List.of();
  }

  /**
   * Full names of its methods whose handlers never block: each is called on the event loop of its
   * connection, without a hand-over. All others run on virtual threads.
   */
  default Set<String> eventLoopMethods() {
    return Set.of();
  }

  /** Called after the servers stopped; releases threads and connections. */
  @Override
  default void close() {}
}
