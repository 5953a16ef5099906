package io.mooring.kas.kubernetesapi;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.mooring.kas.access.Granted;
import io.mooring.kas.routing.RoutedAgent;
import io.mooring.kas.tunnel.AgentAbility;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.kubernetesapi.rpc.HeaderExtra;
import java.util.EnumSet;
import java.util.Set;

/**
 * What opens the RPC to an agent (tunnel.md 6.2).
 *
 * @param metadata names the agent and what it must be able to do
 * @param bytes the head of the request
 */
record RequestMessage(Metadata metadata, ByteString bytes) {

  /**
   * For a request that is granted.
   *
   * @param path behind the prefix
   * @param via names this proxy
   */
  static RequestMessage of(RequestHead head, String path, String via, Granted access)
      throws MalformedRequestException {
    HttpRequest.Header.Builder header = HttpRequest.Header.newBuilder();
    header
        .getRequestBuilder()
        .setMethod(head.method())
        .setUrlPath(path)
        .putAllHeader(RequestHeaders.forwarded(head, via))
        .putAllQuery(RequestHeaders.parameters(head.target()));
    header.setContentLength(head.length());
    access
        .impersonation()
        .ifPresent(identity ->
            header.setExtra(Any.pack(HeaderExtra.newBuilder().setImpConfig(identity).build())));
    return new RequestMessage(
        metadata(head, access), HttpRequest.newBuilder().setHeader(header).build().toByteString());
  }

  private static Metadata metadata(RequestHead head, Granted access) {
    Metadata metadata = new Metadata();
    RoutedAgent.set(metadata, access.agentId());
    Set<AgentAbility> needed = EnumSet.noneOf(AgentAbility.class);
    if (access.impersonation().isPresent()) {
      needed.add(AgentAbility.IMPERSONATION);
    }
    if (head.upgrade()) {
      needed.add(AgentAbility.UPGRADE);
    }
    if (!needed.isEmpty()) {
      metadata.put(AgentAbility.NEEDED, needed);
    }
    return metadata;
  }
}
