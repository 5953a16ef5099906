package io.mooring.apply.cluster;

import io.mooring.apply.object.Json;
import io.mooring.apply.object.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/** A running watch: one JSON object a line. Read by one thread; may be closed by any. */
public final class WatchStream implements AutoCloseable {
  /** etcd takes 1.5 MiB an object; in JSON, with managedFields, that may grow several times. */
  private static final int MAX_EVENT = 16 << 20;

  /**
   * The server ends a watch by itself; a connection that lost it silently is given up this much
   * later.
   */
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final String request;
  private final InputStream body;

  WatchStream(String request, InputStream body, Duration limit) {
    this.request = request;
    this.body = new BufferedInputStream(new LimitedBody(body, limit.plus(GRACE)));
  }

  /**
   * Waits for the next event.
   *
   * @return the event with its {@code type} and {@code object}, or nothing when the server ended
   *     the watch
   * @throws ApiException when the connection broke, or an event is cut off
   */
  public Optional<JsonObject> next() throws ApiException {
    try {
      byte[] line = readLine();
      return line.length == 0 ? Optional.empty() : Optional.of(Json.read(line));
    } catch (IOException e) {
      throw ApiException.noAnswer("GET " + request, e);
    } catch (JacksonException e) {
      throw ApiException.noAnswer(
          "GET " + request, new IOException("an event is cut off or not JSON"));
    }
  }

  private byte[] readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(4 << 10);
    while (true) {
      int next = body.read();
      if (next < 0 || next == '\n') {
        if (next < 0 || line.size() > 0) {
          return line.toByteArray();
        }
      } else {
        line.write(next);
        if (line.size() > MAX_EVENT) {
          throw new IOException("an event has more than " + MAX_EVENT + " bytes");
        }
      }
    }
  }

  /** Ends the watch; a thread that waits in {@link #next} comes back. */
  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException e) {
      // It is ended either way, and what it would have said is read again by the next watch.
    }
  }
}
