package io.mooring.gitaly.configuration;

import io.mooring.protocol.SettingException;
import io.mooring.protocol.observability.LogLevel;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Everything the server is told to do. Names are those of the configuration file. Constructors
 * check ranges and throw {@link SettingException}; files are looked at when the server starts.
 *
 * @param listen where to listen, such as {@code tcp://127.0.0.1:8075}, {@code tls://:9999} or
 *     {@code unix:/run/gitaly.sock}; port 0 takes a free one
 * @param tls certificate of the {@code tls://} addresses
 * @param storages folders with repositories
 * @param authentication who may call
 * @param gitlab which GitLab to ask and tell about pushes; none switches the hooks off
 * @param stateDirectory where notices that GitLab has not taken yet are kept; by default below the
 *     first storage
 * @param limits what one server takes on
 * @param shutdownGrace how long running calls may go on when the server is told to stop
 * @param observability metrics and probes
 * @param logging levels
 */
public record GitalyConfiguration(
    List<String> listen,
    Optional<Tls> tls,
    List<StorageFolder> storages,
    Authentication authentication,
    Optional<GitLab> gitlab,
    Optional<Path> stateDirectory,
    Limits limits,
    Duration shutdownGrace,
    Observability observability,
    Logging logging) {
  /** A clone of a large repository may still be under way after this; it is cut then. */
  public static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);

  private static final Duration MAX_GRACE = Duration.ofHours(1);

  /** Checks that there is something to listen at and something to serve. */
  public GitalyConfiguration {
    listen = List.copyOf(listen);
    storages = List.copyOf(storages);
    if (listen.isEmpty()) {
      throw new SettingException(
          "listen", "empty (expected: at least one address, such as tcp://127.0.0.1:8075)");
    }
    if (storages.isEmpty()) {
      throw new SettingException(
          "storages", "empty (expected: at least one storage with name and path)");
    }
    var names = new HashSet<String>();
    for (int i = 0; i < storages.size(); i++) {
      if (!names.add(storages.get(i).name())) {
        throw new SettingException(
            "storages[" + i + "].name",
            storages.get(i).name() + " is there twice (expected: a name of its own)");
      }
    }
    if (shutdownGrace.isNegative() || shutdownGrace.compareTo(MAX_GRACE) > 0) {
      throw new SettingException(
          "shutdown_grace", shutdownGrace.toSeconds() + "s (expected: 0s to 3600s)");
    }
  }

  /**
   * A server on a free port of the loopback address with one storage, open to everybody, without a
   * GitLab.
   */
  public static GitalyConfiguration of(Path storage) {
    return new GitalyConfiguration(
        List.of("tcp://127.0.0.1:0"),
        Optional.empty(),
        List.of(new StorageFolder("default", storage)),
        Authentication.NONE,
        Optional.empty(),
        Optional.empty(),
        Limits.DEFAULT,
        DEFAULT_GRACE,
        Observability.NONE,
        Logging.DEFAULT);
  }

  /** The same at other addresses. */
  public GitalyConfiguration withListen(String... addresses) {
    return new GitalyConfiguration(
        List.of(addresses),
        tls,
        storages,
        authentication,
        gitlab,
        stateDirectory,
        limits,
        shutdownGrace,
        observability,
        logging);
  }

  /** The same with a certificate. */
  public GitalyConfiguration withTls(Path certificate, Path key) {
    return new GitalyConfiguration(
        listen,
        Optional.of(new Tls(certificate, key)),
        storages,
        authentication,
        gitlab,
        stateDirectory,
        limits,
        shutdownGrace,
        observability,
        logging);
  }

  /** The same, open only to callers that sign with the token in this file. */
  public GitalyConfiguration withToken(Path file) {
    return withAuthentication(new Authentication(Optional.of(file), false));
  }

  /** The same with other rules on who may call. */
  public GitalyConfiguration withAuthentication(Authentication other) {
    return new GitalyConfiguration(
        listen,
        tls,
        storages,
        other,
        gitlab,
        stateDirectory,
        limits,
        shutdownGrace,
        observability,
        logging);
  }

  /** The same, belonging to a GitLab. */
  public GitalyConfiguration withGitLab(URI url, Path secretFile) {
    return new GitalyConfiguration(
        listen,
        tls,
        storages,
        authentication,
        Optional.of(new GitLab(url, secretFile)),
        stateDirectory,
        limits,
        shutdownGrace,
        observability,
        logging);
  }

  /** The same with other limits. */
  public GitalyConfiguration withLimits(Limits other) {
    return new GitalyConfiguration(
        listen,
        tls,
        storages,
        authentication,
        gitlab,
        stateDirectory,
        other,
        shutdownGrace,
        observability,
        logging);
  }

  /** The same with metrics and probes at this address, such as {@code 127.0.0.1:9236}. */
  public GitalyConfiguration withObservability(String address) {
    return new GitalyConfiguration(
        listen,
        tls,
        storages,
        authentication,
        gitlab,
        stateDirectory,
        limits,
        shutdownGrace,
        new Observability(Optional.of(address)),
        logging);
  }

  /**
   * Certificate and key.
   *
   * @param certificateFile PEM: the certificate, then those that lead to a root
   * @param keyFile PEM: the private key, not encrypted, readable by its owner only
   */
  public record Tls(Path certificateFile, Path keyFile) {}

  /**
   * A folder with repositories.
   *
   * @param name how callers call it
   * @param path of the folder, which exists
   */
  public record StorageFolder(String name, Path path) {
    /** Checks that there is a name. */
    public StorageFolder {
      if (name.isBlank()) {
        throw new SettingException("storages[].name", "empty (expected: a name, such as default)");
      }
    }
  }

  /**
   * Who may call.
   *
   * @param tokenFile file with the token that callers sign with, at least 32 bytes; none lets
   *     everybody in
   * @param transitioning check and count, but refuse nobody, while a token is being changed
   */
  public record Authentication(Optional<Path> tokenFile, boolean transitioning) {
    /** Everybody. */
    public static final Authentication NONE = new Authentication(Optional.empty(), false);
  }

  /**
   * A GitLab.
   *
   * @param url where its internal API is, such as {@code http://127.0.0.1:8080}
   * @param secretFile file with the secret shared with it, at least 32 bytes
   */
  public record GitLab(URI url, Path secretFile) {
    /** Checks the scheme. */
    public GitLab {
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (!http || url.getHost() == null) {
        throw new SettingException(
            "gitlab.url", url + " (expected: http://host:port or https://host:port)");
      }
    }
  }

  /**
   * What one server takes on.
   *
   * @param transfers fetches and pushes that run at the same time; each holds the ids of its
   *     objects in memory
   * @param maxObjectBytes a push with a larger file is refused; 0 takes any
   */
  public record Limits(int transfers, long maxObjectBytes) {
    /** 16 transfers, files of any size. */
    public static final Limits DEFAULT = new Limits(16, 0);

    /** Checks the ranges. */
    public Limits {
      if (transfers < 1 || transfers > 1000) {
        throw new SettingException("limits.transfers", transfers + " (expected: 1-1000)");
      }
      if (maxObjectBytes < 0) {
        throw new SettingException(
            "limits.max_object_bytes", maxObjectBytes + " (expected: 0 or more)");
      }
    }
  }

  /**
   * Metrics and probes.
   *
   * @param listen host and port; none switches them off
   */
  public record Observability(Optional<String> listen) {
    /** Switched off. */
    public static final Observability NONE = new Observability(Optional.empty());
  }

  /**
   * How much is logged.
   *
   * @param level of the server
   * @param grpcLevel of the gRPC library
   */
  public record Logging(LogLevel level, LogLevel grpcLevel) {
    /** What happens, and the gRPC library only when it fails. */
    public static final Logging DEFAULT = new Logging(LogLevel.INFO, LogLevel.ERROR);
  }
}
