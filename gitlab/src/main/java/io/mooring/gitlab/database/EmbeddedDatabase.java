package io.mooring.gitlab.database;

import io.mooring.gitlab.configuration.SecretFile;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.secret.SecretFiles;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Real PostgreSQL as a child of this process, with its data under one directory, which a later
 * start finds again. Listens on loopback only and asks for a password, because other people may
 * have accounts on the machine. Close it after the last connection. Thread-safe.
 */
public final class EmbeddedDatabase implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);

  /** Recovery after a crash replays the log; initdb takes 3 s on a slow machine. */
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** A server without clients stops within a second, except when it has to write its checkpoint. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private static final String SUPERUSER = "postgres";

  /** Of {@code postmaster.pid}, counted from 1. */
  private static final int PORT_LINE = 4;

  private final DataDirectoryLock lock;
  private final EmbeddedPostgres server;
  private final Secret password;

  private EmbeddedDatabase(DataDirectoryLock lock, EmbeddedPostgres server, Secret password) {
    this.lock = lock;
    this.server = server;
    this.password = password;
  }

  /** Starts the server on a free port; the first time the data directory is made. */
  public static EmbeddedDatabase start(Path dataDirectory) throws IOException {
    DataDirectoryLock lock = DataDirectoryLock.take(dataDirectory);
    try {
      Path passwordFile = dataDirectory.resolve(".postgresql_password");
      if (!Files.exists(passwordFile)) {
        createPassword(passwordFile);
      }
      Secret password = SecretFiles.trimmed("data_directory", passwordFile);
      Path data = dataDirectory.resolve("postgresql");
      stopLeftOver(data);
      removeHalfMade(data);
      return new EmbeddedDatabase(lock, launch(data, passwordFile, password), password);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** How somebody else reaches a server that runs. */
  public record Running(String url, String username, Secret password) {}

  /** The server of a data directory when it runs, in whichever process. */
  public static Optional<Running> running(Path dataDirectory) throws IOException {
    Path file = dataDirectory.resolve("postgresql").resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    if (lines.size() < PORT_LINE || process(lines).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Running(
            "jdbc:postgresql://127.0.0.1:" + lines.get(PORT_LINE - 1).strip() + "/postgres",
            SUPERUSER,
            SecretFiles.trimmed("data_directory", dataDirectory.resolve(".postgresql_password"))));
  }

  private static EmbeddedPostgres launch(Path data, Path passwordFile, Secret password)
      throws IOException {
    return EmbeddedPostgres.builder()
        .setOverrideWorkingDirectory(binaries().toFile())
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setRegisterShutdownHook(false)
        .setPGStartupWait(START_LIMIT)
        // These go to initdb, whose later options win over the library's "trust".
        .setLocaleConfig("auth-host", "scram-sha-256")
        .setLocaleConfig("auth-local", "scram-sha-256")
        .setLocaleConfig("pwfile", passwordFile.toAbsolutePath().toString())
        .setConnectConfig("password", password.text())
        // The library means its servers for tests and turns these off.
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("max_connections", "100")
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("unix_socket_directories", "")
        .start();
  }

  /** Address for JDBC, without credentials. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres";
  }

  /** Role to log in as. */
  public String username() {
    return SUPERUSER;
  }

  /** Password of that role. */
  public Secret password() {
    return password;
  }

  /** Stops the server and waits for it. */
  @Override
  public void close() {
    try (lock) {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot stop PostgreSQL", e);
    }
  }

  /** The unpacked program is shared by all data directories of this user. */
  private static Path binaries() {
    return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
        .filter(cache -> !cache.isBlank())
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
        .resolve("mooring")
        .resolve("postgresql");
  }

  private static void createPassword(Path file) throws IOException {
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    SecretFile.create(file, HexFormat.of().formatHex(random));
  }

  /**
   * When this program was killed, its server lives on and holds the data; it is ours, so it is
   * stopped.
   */
  private static void stopLeftOver(Path data) throws IOException {
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return;
    }
    Optional<ProcessHandle> process = process(Files.readAllLines(file));
    if (process.isEmpty()) {
      return;
    }
    log.atWarn()
        .addKeyValue("pid", process.get().pid())
        .log("Stopping PostgreSQL of an earlier run");
    process.get().destroy();
    try {
      process.get().onExit().get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new SettingException(
          "data_directory", data + " is still used by process " + process.get().pid(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while PostgreSQL of an earlier run stops", e);
    }
  }

  /** The server that wrote these lines, when it lives. */
  private static Optional<ProcessHandle> process(List<String> lines) {
    return lines.stream()
        .findFirst()
        .filter(line -> line.strip().matches("[0-9]{1,9}"))
        .flatMap(line -> ProcessHandle.of(Long.parseLong(line.strip())))
        .filter(handle ->
            handle.info().command().filter(name -> name.endsWith("postgres")).isPresent());
  }

  /**
   * initdb that was interrupted leaves a directory without this file, into which it cannot be run
   * again.
   */
  private static void removeHalfMade(Path data) throws IOException {
    if (Files.isDirectory(data) && !Files.exists(data.resolve("global").resolve("pg_control"))) {
      org.springframework.util.FileSystemUtils.deleteRecursively(data);
    }
  }
}
