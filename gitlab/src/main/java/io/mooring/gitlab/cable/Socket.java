package io.mooring.gitlab.cable;

import io.mooring.gitlab.identity.Caller;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The WebSocket under a connection. Tomcat calls it from one thread at a time; buffers are small
 * because most connections say nothing for hours.
 */
final class Socket extends Endpoint {
  /** Commands are short; no channel takes more. */
  static final int MAX_MESSAGE = 64 * 1024;

  /** What Tomcat hands over at once; longer messages come in parts. */
  static final int BUFFER = 1024;

  /** A client that takes nothing for so long is gone, or might as well be. */
  private static final Duration SEND_LIMIT = Duration.ofSeconds(15);

  private static final Logger log = LoggerFactory.getLogger(Socket.class);

  private final Connections connections;
  private final Optional<Caller> caller;
  private final StringBuilder text = new StringBuilder();
  private @Nullable Connection connection;

  /**
   * A socket that is not open yet.
   *
   * @param caller empty for who brought a token that is worth nothing
   */
  Socket(Connections connections, Optional<Caller> caller) {
    this.connections = connections;
    this.caller = caller;
  }

  @Override
  public void onOpen(Session session, EndpointConfig config) {
    session.setMaxIdleTimeout(0);
    session.getAsyncRemote().setSendTimeout(SEND_LIMIT.toMillis());
    var outlet =
        new Outlet(
            session.getAsyncRemote(),
            new Outlet.Line() {
              @Override
              public void hangUp() {
                close(session, CloseCodes.NORMAL_CLOSURE);
              }

              @Override
              public void giveUp() {
                connections.gaveUp();
                close(session, CloseCodes.VIOLATED_POLICY);
              }
            });
    if (caller.isEmpty()) {
      outlet.end(Frames.disconnect(Frames.Reason.UNAUTHORIZED, false));
      return;
    }
    Connection opened = connections.open(caller.get(), outlet);
    connection = opened;
    session.addMessageHandler(
        String.class,
        new MessageHandler.Partial<String>() {
          @Override
          public void onMessage(String part, boolean last) {
            received(opened, part, last);
          }
        });
    session.addMessageHandler(
        ByteBuffer.class,
        new MessageHandler.Partial<ByteBuffer>() {
          @Override
          public void onMessage(ByteBuffer part, boolean last) {
            opened.end(Frames.Reason.INVALID_REQUEST, true);
          }
        });
    opened.open();
  }

  private void received(Connection opened, String part, boolean last) {
    if (text.length() + part.length() > MAX_MESSAGE) {
      opened.end(Frames.Reason.INVALID_REQUEST, true);
      text.setLength(0);
      return;
    }
    text.append(part);
    if (last) {
      String command = text.toString();
      text.setLength(0);
      text.trimToSize();
      opened.command(command);
    }
  }

  @Override
  public void onClose(Session session, CloseReason reason) {
    Connection opened = connection;
    if (opened != null) {
      connections.closed(opened);
    }
  }

  @Override
  public void onError(Session session, Throwable error) {
    // Clients leave without a word all the time; onClose follows.
    log.atDebug().setCause(error).log("Cable connection failed");
  }

  /** Closing waits for the client a little, so it has a thread of its own. */
  private static void close(Session session, CloseCodes code) {
    Thread.ofVirtual()
        .name("cable-close")
        .start(() -> {
          try {
            session.close(new CloseReason(code, ""));
          } catch (IOException e) {
            log.atDebug().setCause(e).log("Cable connection was gone before it was closed");
          }
        });
  }
}
