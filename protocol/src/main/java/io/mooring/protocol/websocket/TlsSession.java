package io.mooring.protocol.websocket;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.InternalChannelz.Security;
import io.grpc.InternalChannelz.Tls;
import io.grpc.SecurityLevel;
import io.grpc.internal.GrpcAttributes;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.ProtocolNegotiationEvent;
import javax.net.ssl.SSLSession;

/** Tells gRPC what protects a connection, as its own negotiation would. */
final class TlsSession {
  private TlsSession() {}

  /** Without it, call credentials that ask for privacy are refused on a connection that has it. */
  static ProtocolNegotiationEvent announce(ProtocolNegotiationEvent event, SSLSession session) {
    Attributes attributes =
        InternalProtocolNegotiationEvent.getAttributes(event).toBuilder()
            .set(GrpcAttributes.ATTR_SECURITY_LEVEL, SecurityLevel.PRIVACY_AND_INTEGRITY)
            .set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session)
            .build();
    return InternalProtocolNegotiationEvent.withSecurity(
        InternalProtocolNegotiationEvent.withAttributes(event, attributes),
        new Security(new Tls(session)));
  }
}
