package io.mooring.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The crowds that workloads need. */
public final class Crowds {
  /** More than is read while a workload lasts. */
  private static final String ENDLESS = "/down/1000000000000";

  /** Longer than a workload lasts. */
  private static final String WATCH = "/watch/3600";

  private static final Pattern SENT = Pattern.compile("\"sent\":(\\d+)");
  private static final int BUFFER = 128 * 1024;

  private Crowds() {}

  /** Readers of endless bodies, as fast as they come. */
  public static Crowd readers(int size, Endpoint endpoint)
      throws IOException, InterruptedException {
    return Crowd.gather(
        size,
        endpoint,
        (connection, settled) -> {
          connection.send(endpoint.head("GET", ENDLESS, ""));
          connection.head(200);
          settled.run();
          byte[] buffer = new byte[BUFFER];
          while (connection.in().read(buffer) >= 0) {
            // Read and forgotten.
          }
        });
  }

  /** Clients that ask for an endless body and stop reading behind its head. */
  public static Crowd stalled(int size, Endpoint endpoint)
      throws IOException, InterruptedException {
    return Crowd.gather(
        size,
        endpoint,
        (connection, settled) -> {
          connection.send(endpoint.head("GET", ENDLESS, ""));
          connection.head(200);
          settled.run();
          while (!connection.isClosed()) {
            LockSupport.parkNanos(100_000_000);
          }
        });
  }

  /** Watches that get an event each second; the time from sending to reading goes to latencies. */
  public static Crowd watches(int size, Endpoint endpoint, Latencies latencies)
      throws IOException, InterruptedException {
    return Crowd.gather(
        size,
        endpoint,
        (connection, settled) -> {
          connection.send(endpoint.head("GET", WATCH, ""));
          connection.head(200);
          settled.run();
          var lines =
              new BufferedReader(
                  new InputStreamReader(connection.in(), StandardCharsets.ISO_8859_1));
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher sent = SENT.matcher(line);
            if (sent.find()) {
              latencies.add(System.nanoTime() - Long.parseLong(sent.group(1)));
            }
          }
        });
  }

  /** Sessions of another protocol that answered once and are silent since. */
  public static Crowd sessions(int size, Endpoint endpoint)
      throws IOException, InterruptedException {
    return Crowd.gather(
        size,
        endpoint,
        (connection, settled) -> {
          connection.send(
              endpoint.head(
                  "POST",
                  "/exec",
                  "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n"));
          connection.head(101);
          connection.send("hello");
          String echo = new String(connection.in().readNBytes(5), StandardCharsets.ISO_8859_1);
          if (!echo.equals("hello")) {
            throw new IOException(endpoint.name() + " echoed " + echo);
          }
          settled.run();
          connection.patient();
          var _ = connection.in().read();
        });
  }
}
