package io.mooring.protocol.transport;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.naming.CompositeName;
import javax.naming.Context;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.Attributes;
import javax.naming.directory.InitialDirContext;
import org.jspecify.annotations.Nullable;

/**
 * Looks a name up at one DNS server (gitlab-api.md 6.1): at the start, every five minutes, and when
 * gRPC asks for it because a connection failed. Everything but the look-up itself happens in the
 * channel's synchronization context.
 */
final class DnsServerResolver extends NameResolver {
  private static final Duration PERIOD = Duration.ofMinutes(5);

  /** Connections that fail do not make it ask more often; as gRPC's own resolver. */
  private static final Duration MIN_PERIOD = Duration.ofSeconds(30);

  /** Two, four and eight seconds: the limit of a look-up is 15 s. */
  private static final String FIRST_TIMEOUT_MILLIS = "2000";

  private static final String RETRIES = "3";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

  private final HostPort server;
  private final HostPort endpoint;
  private final Args args;
  private @Nullable Listener2 listener;
  private @Nullable ScheduledHandle next;
  private boolean resolving;
  private boolean closed;
  private @Nullable ScheduledHandle fresh;

  DnsServerResolver(HostPort server, HostPort endpoint, Args args) {
    this.server = server;
    this.endpoint = endpoint;
    this.args = args;
  }

  @Override
  public String getServiceAuthority() {
    return endpoint.toString();
  }

  @Override
  public void start(Listener2 results) {
    listener = results;
    resolve();
  }

  @Override
  public void refresh() {
    if (fresh == null || !fresh.isPending()) {
      resolve();
    }
  }

  private void resolve() {
    if (resolving || closed) {
      return;
    }
    resolving = true;
    if (next != null) {
      next.cancel();
    }
    Thread.ofVirtual()
        .name("dns-server")
        .start(() -> {
          StatusOr<List<EquivalentAddressGroup>> addresses = lookUp();
          args.getSynchronizationContext().execute(() -> resolved(addresses));
        });
  }

  private void resolved(StatusOr<List<EquivalentAddressGroup>> addresses) {
    resolving = false;
    if (closed || listener == null) {
      return;
    }
    Status outcome =
        listener.onResult2(ResolutionResult.newBuilder().setAddressesOrError(addresses).build());
    if (addresses.hasValue() && outcome.isOk()) {
      fresh = after(MIN_PERIOD, () -> {});
    }
    next = after(PERIOD, this::resolve);
  }

  private ScheduledHandle after(Duration time, Runnable action) {
    return args.getSynchronizationContext()
        .schedule(action, time.toNanos(), TimeUnit.NANOSECONDS, args.getScheduledExecutorService());
  }

  private StatusOr<List<EquivalentAddressGroup>> lookUp() {
    try {
      List<EquivalentAddressGroup> groups = new ArrayList<>();
      for (InetAddress address : addresses()) {
        groups.add(new EquivalentAddressGroup(new InetSocketAddress(address, endpoint.port())));
      }
      return groups.isEmpty() ? failed("it knows no address", null) : StatusOr.fromValue(groups);
    } catch (NamingException e) {
      return failed(String.valueOf(e.getMessage()), e);
    }
  }

  private StatusOr<List<EquivalentAddressGroup>> failed(String problem, @Nullable Throwable cause) {
    return StatusOr.fromStatus(
        Status.UNAVAILABLE
            .withDescription(
                "the DNS server " + server + " was asked for " + endpoint.host() + ": " + problem)
            .withCause(cause));
  }

  // BanJNDI: the factory is fixed to DNS, which deserializes nothing, and the name has been checked
  // to be one of DNS, so that it cannot choose another provider. JdkObsolete: the API wants it.
  @SuppressWarnings({"BanJNDI", "JdkObsolete"})
  private List<InetAddress> addresses() throws NamingException {
    if (!NAME.matcher(endpoint.host()).matches()) {
      throw new NamingException("not a name (expected: letters, digits, dots, hyphens)");
    }
    Hashtable<String, String> environment = new Hashtable<>();
    environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
    environment.put(Context.PROVIDER_URL, "dns://" + server);
    environment.put("com.sun.jndi.dns.timeout.initial", FIRST_TIMEOUT_MILLIS);
    environment.put("com.sun.jndi.dns.timeout.retries", RETRIES);
    InitialDirContext context = new InitialDirContext(environment);
    try {
      Attributes records =
          context.getAttributes(
              new CompositeName().add(endpoint.host()), new String[] {"A", "AAAA"});
      List<InetAddress> found = new ArrayList<>();
      for (String type : List.of("A", "AAAA")) {
        Attribute values = records.get(type);
        if (values != null) {
          NamingEnumeration<?> all = values.getAll();
          while (all.hasMore()) {
            found.add(InetAddress.ofLiteral(String.valueOf(all.next())));
          }
        }
      }
      return found;
    } finally {
      context.close();
    }
  }

  @Override
  public void shutdown() {
    closed = true;
    if (next != null) {
      next.cancel();
    }
    if (fresh != null) {
      fresh.cancel();
    }
  }
}
