package io.mooring.gitaly.configuration;

import io.mooring.gitaly.configuration.GitalyConfiguration.Authentication;
import io.mooring.gitaly.configuration.GitalyConfiguration.GitLab;
import io.mooring.gitaly.configuration.GitalyConfiguration.Limits;
import io.mooring.gitaly.configuration.GitalyConfiguration.Logging;
import io.mooring.gitaly.configuration.GitalyConfiguration.Observability;
import io.mooring.gitaly.configuration.GitalyConfiguration.StorageFolder;
import io.mooring.gitaly.configuration.GitalyConfiguration.Tls;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.observability.LogLevel;
import io.mooring.protocol.yaml.InvalidDocumentException;
import io.mooring.protocol.yaml.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads the configuration file, in YAML. What is unknown or out of range is refused with file, line
 * and column. Relative paths are relative to the folder of the file.
 */
public final class ConfigurationFile {
  /** A configuration is a page of text. */
  private static final int MAX_BYTES = 128 * 1024;

  private static final String SETTING = "--configuration-file";

  private ConfigurationFile() {}

  /**
   * Reads a file.
   *
   * @throws SettingException when it cannot be read
   * @throws InvalidDocumentException when it is not right
   */
  public static GitalyConfiguration read(Path file) throws InvalidDocumentException {
    Settings root = Settings.read(SETTING, file, MAX_BYTES);
    return root.checked("", () -> configuration(root));
  }

  private static GitalyConfiguration configuration(Settings root) throws InvalidDocumentException {
    List<String> listen = root.texts("listen").orElse(List.of());
    Optional<Tls> tls = tls(root);
    List<StorageFolder> storages = storages(root);
    Settings authentication = root.mapping("authentication");
    Optional<Path> token = authentication.path("token_file");
    boolean transitioning = authentication.flag("transitioning").orElse(false);
    Optional<GitLab> gitlab = gitlab(root);
    Optional<Path> state = root.path("state_directory");
    Settings limits = root.mapping("limits");
    Optional<Integer> transfers = limits.integer("transfers");
    Optional<Long> maxObject = limits.number("max_object_bytes");
    Optional<Duration> grace = root.seconds("shutdown_grace");
    Optional<String> observability = root.mapping("observability").text("listen");
    Settings logging = root.mapping("logging");
    LogLevel level = level(logging, "level", Logging.DEFAULT.level());
    LogLevel grpcLevel = level(logging, "grpc_level", Logging.DEFAULT.grpcLevel());
    root.refuseUnknown();
    return new GitalyConfiguration(
        listen,
        tls,
        storages,
        new Authentication(token, transitioning),
        gitlab,
        state,
        new Limits(
            transfers.orElse(Limits.DEFAULT.transfers()),
            maxObject.orElse(Limits.DEFAULT.maxObjectBytes())),
        grace.orElse(GitalyConfiguration.DEFAULT_GRACE),
        new Observability(observability),
        new Logging(level, grpcLevel));
  }

  private static Optional<Tls> tls(Settings root) throws InvalidDocumentException {
    Settings tls = root.mapping("tls");
    return tls.isEmpty()
        ? Optional.empty()
        : Optional.of(new Tls(tls.requiredPath("certificate_file"), tls.requiredPath("key_file")));
  }

  private static List<StorageFolder> storages(Settings root) throws InvalidDocumentException {
    var storages = new java.util.ArrayList<StorageFolder>();
    for (Settings storage : root.mappings("storages")) {
      storages.add(
          storage.checked(
              "storages[]",
              () -> new StorageFolder(storage.required("name"), storage.requiredPath("path"))));
    }
    return storages;
  }

  private static Optional<GitLab> gitlab(Settings root) throws InvalidDocumentException {
    Settings gitlab = root.mapping("gitlab");
    if (gitlab.isEmpty()) {
      return Optional.empty();
    }
    String url = gitlab.required("url");
    try {
      return Optional.of(new GitLab(URI.create(url), gitlab.requiredPath("secret_file")));
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          "gitlab.url", url + " (expected: http://host:port or https://host:port)", e);
    }
  }

  private static LogLevel level(Settings logging, String name, LogLevel otherwise)
      throws InvalidDocumentException {
    Optional<String> text = logging.text(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    for (LogLevel level : LogLevel.values()) {
      if (level.name().equalsIgnoreCase(text.get())) {
        return level;
      }
    }
    throw logging.invalid(name, text.get(), "debug, info, warn or error");
  }
}
