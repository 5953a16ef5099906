package io.mooring.gitlab.cable;

import io.mooring.gitlab.broadcast.Bus;
import io.mooring.gitlab.broadcast.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.JsonNode;

/** One subscription of one connection. Thread-safe. */
final class Subscription {
  private final Channel channel;
  private final JsonNode parameters;
  private final String about;
  private final List<Stream> streams;
  private final Outlet outlet;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile List<Bus.Subscription> listening = List.of();

  Subscription(
      Channel channel, JsonNode parameters, String about, List<Stream> streams, Outlet outlet) {
    this.channel = channel;
    this.parameters = parameters;
    this.about = about;
    this.streams = List.copyOf(streams);
    this.outlet = outlet;
  }

  Channel channel() {
    return channel;
  }

  JsonNode parameters() {
    return parameters;
  }

  List<Stream> streams() {
    return streams;
  }

  /** Begins to listen, and confirms when no message can be missed any more. */
  void start(Bus bus) {
    List<Bus.Subscription> begun = new ArrayList<>();
    for (Stream stream : streams) {
      begun.add(
          bus.subscribe(
              stream,
              json -> {
                if (!ended.get()) {
                  outlet.send(Frames.message(about, json));
                }
              }));
    }
    listening = begun;
    if (ended.get()) {
      begun.forEach(Bus.Subscription::close);
      return;
    }
    CompletableFuture<?>[] live =
        begun.stream().map(Bus.Subscription::live).toArray(CompletableFuture[]::new);
    var _ =
        CompletableFuture.allOf(live)
            .thenRun(() -> {
              if (!ended.get()) {
                outlet.send(Frames.confirm(about));
              }
            });
  }

  /** Sends nothing any more. */
  void end() {
    if (ended.compareAndSet(false, true)) {
      listening.forEach(Bus.Subscription::close);
    }
  }

  /** Ends it and tells the page that it may not have it any more. */
  void reject() {
    end();
    outlet.send(Frames.reject(about));
  }
}
