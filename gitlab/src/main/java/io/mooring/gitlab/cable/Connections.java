package io.mooring.gitlab.cable;

import io.mooring.gitlab.broadcast.Bus;
import io.mooring.gitlab.broadcast.Stream;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.Callers;
import io.mooring.gitlab.identity.User;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * All connections of this replica: pings them, ends them when the replica stops, and looks again at
 * their rights. Thread-safe.
 */
@Component
class Connections implements SmartLifecycle {
  /** Browsers with more tabs than this open are rare; programs that forget to close are not. */
  static final int MAX_OF_USER = 200;

  private static final Logger log = LoggerFactory.getLogger(Connections.class);

  private final Connection.Parts parts;
  private final int limit;
  private final InstantSource clock;
  private final Rechecks rechecks = new Rechecks(this::recheck);
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final Map<Long, Integer> ofUser = new ConcurrentHashMap<>();
  private final Counter slow;
  private volatile boolean running;

  Connections(
      Bus bus,
      List<Channel> channels,
      Callers callers,
      GitLabConfiguration configuration,
      PrometheusRegistry registry,
      InstantSource clock) {
    this.parts =
        new Connection.Parts(
            bus,
            channels.stream().collect(Collectors.toMap(Channel::name, Function.identity())),
            callers);
    this.limit = configuration.cable().maxConnections();
    this.clock = clock;
    this.slow =
        Counter.builder()
            .name("gitlab_cable_slow_clients")
            .help("Connections given up because the client did not take what was sent")
            .withoutExemplars()
            .register(registry);
    var _ =
        GaugeWithCallback.builder()
            .name("gitlab_cable_connections")
            .help("Open connections of pages")
            .callback(callback -> callback.call(open.size()))
            .register(registry);
    bus.subscribe(Stream.RIGHTS, this::rightsChanged);
    // What was missed cannot be sent again: pages connect anew and load what they show.
    bus.onGap(() -> open.forEach(one -> one.end(Frames.Reason.SERVER_RESTART, true)));
  }

  /** Whether one more may be opened for this caller. */
  boolean admits(Caller caller) {
    return running
        && open.size() < limit
        && caller.user().map(user -> ofUser.getOrDefault(user.id(), 0) < MAX_OF_USER).orElse(true);
  }

  Connection open(Caller caller, Outlet outlet) {
    var connection = new Connection(parts, caller, outlet);
    open.add(connection);
    caller.user().ifPresent(user -> ofUser.merge(user.id(), 1, Integer::sum));
    return connection;
  }

  void closed(Connection connection) {
    if (open.remove(connection)) {
      connection
          .user()
          .map(User::id)
          .ifPresent(
              id -> ofUser.computeIfPresent(id, (key, count) -> count == 1 ? null : count - 1));
    }
    connection.closed();
  }

  void gaveUp() {
    slow.inc();
    log.atInfo().log("Cable connection given up, the client does not take what is sent");
  }

  /** One timer for all; clients reconnect after six seconds of silence. */
  @Scheduled(fixedRate = 3, timeUnit = TimeUnit.SECONDS)
  void ping() {
    String frame = Frames.ping(clock.instant());
    open.forEach(connection -> connection.ping(frame));
  }

  /** Memberships and sessions also end by themselves. */
  @Scheduled(fixedDelay = 1, initialDelay = 1, timeUnit = TimeUnit.MINUTES)
  void recheckAll() {
    rechecks.all();
  }

  private void rightsChanged(String json) {
    JsonNode user = Json.MAPPER.readTree(json).path("user_id");
    if (user.isIntegralNumber()) {
      rechecks.user(user.asLong());
    } else {
      rechecks.all();
    }
  }

  private void recheck(Rechecks.Whose whose) {
    open.stream()
        .filter(connection -> whose.includes(connection.user()))
        .forEach(Connection::recheck);
  }

  @Override
  public void start() {
    running = true;
  }

  /** Before the web server closes its sockets, so that pages hear that they should come back. */
  @Override
  public void stop() {
    running = false;
    open.forEach(connection -> connection.end(Frames.Reason.SERVER_RESTART, true));
    rechecks.close();
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
