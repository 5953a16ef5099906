package io.mooring.testkit.redis;

import io.mooring.testkit.TestkitException;
import io.mooring.testkit.process.ChildProcess;
import io.mooring.testkit.process.Command;
import io.mooring.testkit.process.SparePort;
import io.mooring.testkit.process.Workspace;
import io.mooring.testkit.report.RealServers;
import io.mooring.testkit.setup.Setup;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A redis-server that keeps nothing on disk. It can be stopped, killed, paused and started again on
 * the same port. Ends when closed, and also when this JVM dies. May be used from any thread.
 */
public final class RedisServer implements AutoCloseable {
  private static final Duration READY_BOUND = Duration.ofSeconds(20);
  private static final int ATTEMPTS = 3;
  private static final Pattern VERSION = Pattern.compile("v=(\\S+)");
  private static @Nullable RedisServer shared;

  private final Path directory;
  private final int port;
  private final List<String> options;
  private final String version;
  private ChildProcess process;

  private RedisServer(Path directory, int port, List<String> options) {
    this.directory = directory;
    this.port = port;
    this.options = List.copyOf(options);
    this.version = installedVersion();
    this.process = launch();
  }

  /**
   * Starts a server of its own.
   *
   * @param options as on redis-server's command line, such as {@code --requirepass secret}
   */
  public static RedisServer start(String... options) {
    for (int attempt = 1; ; attempt++) {
      Path directory = Workspace.create("redis");
      try {
        return new RedisServer(directory, SparePort.find(), List.of(options));
      } catch (TestkitException e) {
        Workspace.delete(directory);
        if (attempt == ATTEMPTS || !String.valueOf(e.getMessage()).contains("in use")) {
          throw e;
        }
      }
    }
  }

  /** The one server of this test run, running and empty; the running test counts as using it. */
  public static RedisServer shared() {
    RedisServer current = current();
    current.ensureRunning();
    current.flush();
    return current;
  }

  /** The one server of this test run as it is; the running test counts as using it. */
  static synchronized RedisServer current() {
    RedisServer current = shared;
    if (current == null) {
      current = start();
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().name("testkit-redis-end").unstarted(current::close));
      shared = current;
    }
    RealServers.used("redis", current.version);
    return current;
  }

  /** Such as {@code redis://127.0.0.1:34567}. */
  public URI uri() {
    return URI.create("redis://" + address());
  }

  /** Such as {@code 127.0.0.1:34567}. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** The TCP port on 127.0.0.1; it stays the same over stops and starts. */
  public int port() {
    return port;
  }

  /** The socket file it listens on as well. */
  public Path socket() {
    return directory.resolve("redis.sock");
  }

  /** Such as {@code 7.0.15}. */
  public String version() {
    return version;
  }

  /** Whether the process runs. */
  public synchronized boolean isRunning() {
    return process.isAlive();
  }

  /** Starts it again, empty, unless it runs. */
  public synchronized void ensureRunning() {
    if (!process.isAlive()) {
      process = launch();
    }
  }

  /** Ends it in order, as an operator does; connections are closed. */
  public synchronized void stop() {
    process.close();
  }

  /** Ends it at once, as a crash does. */
  public synchronized void kill() {
    process.kill();
  }

  /** Keeps it from answering; connections stay open. */
  public synchronized void pause() {
    process.pause();
  }

  /** Ends a pause. */
  public synchronized void resume() {
    process.resume();
  }

  /** Removes all keys. */
  public void flush() {
    command("FLUSHALL");
  }

  /**
   * Sends one command over a connection of its own.
   *
   * @return the reply as text; the lines of an array one below the other
   * @throws TestkitException when there is no reply or it is an error
   */
  public String command(String... words) {
    try {
      return RedisConnection.ask(socket(), words);
    } catch (IOException e) {
      throw new TestkitException("no reply from redis-server to " + List.of(words), e);
    }
  }

  /** Ends it and removes its directory. */
  @Override
  public synchronized void close() {
    process.close();
    Workspace.delete(directory);
  }

  private ChildProcess launch() {
    var command =
        new ArrayList<String>(
            List.of(
                "redis-server",
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--unixsocket",
                "redis.sock",
                "--save",
                "",
                "--appendonly",
                "no",
                "--daemonize",
                "no"));
    command.addAll(options);
    var launched = ChildProcess.start("redis-server", directory, Map.of(), command);
    try {
      launched.await("ready", READY_BOUND, () -> RedisConnection.answers(socket()));
    } catch (TestkitException e) {
      launched.kill();
      throw e;
    }
    return launched;
  }

  private static String installedVersion() {
    Setup.provide("redis-server", "redis");
    Matcher match = VERSION.matcher(Command.of("redis-server", "--version").output());
    return match.find() ? match.group(1) : "unknown";
  }
}
