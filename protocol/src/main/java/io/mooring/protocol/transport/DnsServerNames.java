package io.mooring.protocol.transport;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;

/**
 * Makes gRPC ask the DNS server that an address names; its own resolver always asks the one of the
 * operating system.
 */
final class DnsServerNames extends NameResolverProvider {
  private static final String SCHEME = "dns-server";

  static {
    NameResolverRegistry.getDefaultRegistry().register(new DnsServerNames());
  }

  private DnsServerNames() {}

  /** What a channel is built for. */
  static String target(GitalyAddress.Dns address) {
    return address
        .server()
        .map(server -> SCHEME + "://" + server + "/" + address.endpoint())
        .orElse("dns:///" + address.endpoint());
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return new DnsServerResolver(
        HostPort.parse(target.getRawAuthority()),
        HostPort.parse(target.getRawPath().substring(1)),
        args);
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return List.of(InetSocketAddress.class);
  }
}
