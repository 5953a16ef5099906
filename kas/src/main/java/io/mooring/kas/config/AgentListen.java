package io.mooring.kas.config;

import java.time.Duration;

/**
 * The server that agents connect to.
 *
 * @param listener where it listens
 * @param connectionsPerTokenPerMinute RPCs that one token may start in a minute
 * @param maxConnectionAge the age from which the deadlines of a connection are derived (wire.md
 *     2.5)
 * @param listenGracePeriod how long it still accepts connections after it was told to stop
 * @param websocket whether agents may also come through WebSocket, on the same address
 */
public record AgentListen(
    Listener listener,
    long connectionsPerTokenPerMinute,
    Duration maxConnectionAge,
    Duration listenGracePeriod,
    boolean websocket) {

  static AgentListen read(Section section) {
    return new AgentListen(
        Listener.read(section, "127.0.0.1:8150", "agents connect to"),
        section.number(
            "connections_per_token_per_minute",
            40_000,
            "How many RPCs one agent token may start in a minute, over all replicas."),
        section.duration("max_connection_age", Duration.ofHours(2), ApiSettings.MAX_CONNECTION_AGE),
        section.duration(
            "listen_grace_period", Duration.ofSeconds(5), ApiSettings.LISTEN_GRACE_PERIOD),
        section.flag(
            "websocket",
            "Takes agents that come by `ws://` or `wss://` too, on the same address (websocket.md)."));
  }
}
