package io.mooring.gitlab.cable;

import io.mooring.gitlab.broadcast.Bus;
import io.mooring.gitlab.broadcast.Stream;
import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.Callers;
import io.mooring.gitlab.identity.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One page and its subscriptions: the protocol without the socket. Thread-safe; one lock over the
 * subscriptions, never held while somebody is asked or something is sent.
 */
final class Connection {
  /** A page of ours has three. */
  static final int MAX_SUBSCRIPTIONS = 100;

  /** Identifiers are names and numbers; a GraphQL query is longer, but no channel takes one. */
  static final int MAX_IDENTIFIER = 4096;

  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  /** What every connection needs. */
  record Parts(Bus bus, Map<String, Channel> channels, Callers callers) {}

  private final Parts parts;
  private final Caller caller;
  private final Outlet outlet;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
  private Optional<Bus.Subscription> remote = Optional.empty();
  private boolean ended;

  Connection(Parts parts, Caller caller, Outlet outlet) {
    this.parts = parts;
    this.caller = caller;
    this.outlet = outlet;
  }

  /** Whose connection it is. */
  Optional<User> user() {
    return caller.user();
  }

  /** Greets the page; commands may come from now on. */
  void open() {
    remote =
        user().map(user -> parts.bus().subscribe(Stream.ofConnections(user.id()), this::internal));
    outlet.send(Frames.WELCOME);
  }

  /** Carries out a command. What is wrong with it is logged and changes nothing. */
  void command(String text) {
    JsonNode command;
    try {
      command = Json.MAPPER.readTree(text);
    } catch (JacksonException e) {
      log.atDebug().addKeyValue("error", e.getOriginalMessage()).log("Cable command is no JSON");
      return;
    }
    String identifier = command.path("identifier").asString("");
    switch (command.path("command").asString("")) {
      case "subscribe" -> subscribe(identifier);
      case "unsubscribe" -> unsubscribe(identifier);
      // No channel has actions that a page may perform.
      case "message" -> log.atDebug().log("Cable message without a receiver");
      default -> log.atDebug().log("Unknown cable command");
    }
  }

  private void subscribe(String identifier) {
    if (has(identifier)) {
      return;
    }
    Optional<JsonNode> parameters = parameters(identifier);
    Optional<Channel> channel =
        parameters.flatMap(
            named -> Optional.ofNullable(parts.channels().get(named.path("channel").asString(""))));
    if (parameters.isEmpty() || channel.isEmpty()) {
      log.atDebug().log("Subscription to an unknown channel");
      return;
    }
    Optional<Caller> current = parts.callers().current(caller);
    if (current.isEmpty()) {
      end(Frames.Reason.UNAUTHORIZED, false);
      return;
    }
    String about = Frames.about(identifier);
    List<Stream> streams = channel.get().streams(current.get(), parameters.get());
    var subscription = new Subscription(channel.get(), parameters.get(), about, streams, outlet);
    if (streams.isEmpty() || !keep(identifier, subscription)) {
      outlet.send(Frames.reject(about));
      return;
    }
    subscription.start(parts.bus());
  }

  private boolean has(String identifier) {
    lock.lock();
    try {
      return subscriptions.containsKey(identifier);
    } finally {
      lock.unlock();
    }
  }

  /** False when there are too many. */
  private boolean keep(String identifier, Subscription subscription) {
    lock.lock();
    try {
      if (ended || subscriptions.size() >= MAX_SUBSCRIPTIONS) {
        return false;
      }
      subscriptions.put(identifier, subscription);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private static Optional<JsonNode> parameters(String identifier) {
    if (identifier.length() > MAX_IDENTIFIER) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.MAPPER.readTree(identifier)).filter(JsonNode::isObject);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private void unsubscribe(String identifier) {
    Optional<Subscription> subscription;
    lock.lock();
    try {
      subscription = Optional.ofNullable(subscriptions.remove(identifier));
    } finally {
      lock.unlock();
    }
    subscription.ifPresent(Subscription::end);
  }

  /** What Rails publishes to end the connections of a user. */
  private void internal(String json) {
    JsonNode message = Json.MAPPER.readTree(json);
    if (message.path("type").asString("").equals("disconnect")) {
      end(Frames.Reason.REMOTE, message.path("reconnect").asBoolean(true));
    }
  }

  /** Looks again whether the page may still have what it has. */
  void recheck() {
    Optional<Caller> current = parts.callers().current(caller);
    if (current.isEmpty()) {
      end(Frames.Reason.UNAUTHORIZED, false);
      return;
    }
    Map<String, Subscription> all;
    lock.lock();
    try {
      all = Map.copyOf(subscriptions);
    } finally {
      lock.unlock();
    }
    all.forEach((identifier, subscription) -> {
      List<Stream> allowed =
          subscription.channel().streams(current.get(), subscription.parameters());
      if (!allowed.equals(subscription.streams()) && forget(identifier, subscription)) {
        subscription.reject();
      }
    });
  }

  private boolean forget(String identifier, Subscription subscription) {
    lock.lock();
    try {
      return subscriptions.remove(identifier, subscription);
    } finally {
      lock.unlock();
    }
  }

  void ping(String frame) {
    outlet.send(frame);
  }

  /** Tells the page why, and hangs up. */
  void end(Frames.Reason reason, boolean reconnect) {
    outlet.end(Frames.disconnect(reason, reconnect));
    endSubscriptions();
  }

  /** The socket is gone. */
  void closed() {
    outlet.close();
    endSubscriptions();
  }

  private void endSubscriptions() {
    List<Subscription> all;
    lock.lock();
    try {
      ended = true;
      all = new ArrayList<>(subscriptions.values());
      subscriptions.clear();
    } finally {
      lock.unlock();
    }
    all.forEach(Subscription::end);
    remote.ifPresent(Bus.Subscription::close);
  }
}
