package io.mooring.gitlab.configuration;

import io.mooring.gitlab.configuration.GitLabConfiguration.Administrator;
import io.mooring.gitlab.configuration.GitLabConfiguration.Audit;
import io.mooring.gitlab.configuration.GitLabConfiguration.Database;
import io.mooring.gitlab.configuration.GitLabConfiguration.Gitaly;
import io.mooring.gitlab.configuration.GitLabConfiguration.Http;
import io.mooring.gitlab.configuration.GitLabConfiguration.Kas;
import io.mooring.gitlab.configuration.GitLabConfiguration.Storage;
import io.mooring.gitlab.configuration.GitLabConfiguration.Tls;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.yaml.InvalidDocumentException;
import io.mooring.protocol.yaml.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the configuration from a YAML file. Relative paths in it are relative to the file. */
public final class ConfigurationFile {
  /** The longest file that is read; the whole reference with comments is under 10 KiB. */
  static final int MAX_BYTES = 256 * 1024;

  private static final String OPTION = "--configuration-file";

  private ConfigurationFile() {}

  /**
   * The configuration that a file holds.
   *
   * @throws InvalidDocumentException with line and column when a setting is unknown or cannot be
   *     used
   * @throws SettingException when the file cannot be read
   */
  public static GitLabConfiguration read(Path file) throws InvalidDocumentException {
    Settings root = Settings.read(OPTION, file, MAX_BYTES);
    Path data = root.path("data_directory").orElse(file.toAbsolutePath().resolveSibling("data"));
    return root.checked(
        "",
        () -> {
          GitLabConfiguration configuration = configuration(root, data);
          root.refuseUnknown();
          return configuration;
        });
  }

  private static GitLabConfiguration configuration(Settings root, Path data)
      throws InvalidDocumentException {
    GitLabConfiguration defaults = GitLabConfiguration.in(data);
    return new GitLabConfiguration(
        http(root.mapping("http")),
        root.url("external_url"),
        data,
        database(root),
        administrator(root.mapping("administrator")),
        kas(root.mapping("kas"), defaults.kas()),
        gitaly(root.mapping("gitaly"), defaults.gitaly()),
        monitoring(root.mapping("monitoring")),
        redis(root),
        cable(root.mapping("cable")),
        audit(root.mapping("audit")),
        alerts(root.mapping("alerts")),
        webhooks(root.mapping("webhooks")));
  }

  private static Http http(Settings http) throws InvalidDocumentException {
    return new Http(
        http.text("address").orElse(Http.DEFAULT.address()),
        http.value("port", "0-65535", Integer::parseInt).orElse(Http.DEFAULT.port()),
        http.texts("trusted_proxies").orElse(Http.DEFAULT.trustedProxies()),
        tls(http));
  }

  private static Optional<Tls> tls(Settings http) throws InvalidDocumentException {
    Settings tls = http.mapping("tls");
    return tls.isEmpty()
        ? Optional.empty()
        : Optional.of(new Tls(tls.requiredPath("certificate_file"), tls.requiredPath("key_file")));
  }

  private static Database database(Settings root) throws InvalidDocumentException {
    Settings database = root.mapping("database");
    if (!root.has("database")) {
      return new Database.Embedded();
    }
    return new Database.External(
        database.required("url", "jdbc:postgresql://host:port/database"),
        database.text("username").orElse("gitlab"),
        database.path("password_file"));
  }

  private static Administrator administrator(Settings administrator)
      throws InvalidDocumentException {
    return new Administrator(
        administrator.text("username").orElse(Administrator.DEFAULT.username()),
        administrator.text("email").orElse(Administrator.DEFAULT.email()),
        administrator.path("password_file"));
  }

  private static Kas kas(Settings kas, Kas defaults) throws InvalidDocumentException {
    return new Kas(
        kas.url("internal_url"),
        kas.url("external_url"),
        kas.url("external_k8s_proxy_url"),
        kas.url("browser_k8s_proxy_url"),
        kas.path("secret_file").orElse(defaults.secretFile()));
  }

  private static Gitaly gitaly(Settings gitaly, Gitaly defaults) throws InvalidDocumentException {
    Map<String, Storage> storages = new HashMap<>();
    Settings named = gitaly.mapping("storages");
    for (String name : named.names()) {
      storages.put(name, storage(named.mapping(name)));
    }
    Map<String, Boolean> features = new HashMap<>();
    Settings flags = gitaly.mapping("features");
    for (String name : flags.names()) {
      flags.flag(name).ifPresent(value -> features.put(name, value));
    }
    return new Gitaly(
        gitaly.has("storages") ? storages : defaults.storages(),
        gitaly.path("hook_secret_file").orElse(defaults.hookSecretFile()),
        features);
  }

  private static Storage storage(Settings storage) throws InvalidDocumentException {
    return new Storage(
        storage.required("address", "tcp://host:port or unix:/path"), storage.path("token_file"));
  }

  private static Monitoring monitoring(Settings monitoring) throws InvalidDocumentException {
    return monitoring.texts("allowed_addresses").map(Monitoring::new).orElse(Monitoring.DEFAULT);
  }

  private static Optional<Redis> redis(Settings root) throws InvalidDocumentException {
    Settings redis = root.mapping("redis");
    if (!root.has("redis")) {
      return Optional.empty();
    }
    redis.required("url", "redis://host:port/database");
    return Optional.of(
        new Redis(
            redis.url("url").orElseThrow(),
            redis.text("username"),
            redis.path("password_file"),
            redis.path("ca_file"),
            redis.text("channel_prefix").orElse("")));
  }

  private static Cable cable(Settings cable) throws InvalidDocumentException {
    return new Cable(
        cable.texts("allowed_origins").orElse(Cable.DEFAULT.allowedOrigins()),
        cable
            .value("max_connections", "1-200000", Integer::parseInt)
            .orElse(Cable.DEFAULT.maxConnections()));
  }

  private static Audit audit(Settings audit) throws InvalidDocumentException {
    return audit
        .value("retention_days", "1-3650", Integer::parseInt)
        .map(Audit::new)
        .orElse(Audit.DEFAULT);
  }

  private static Alerts alerts(Settings alerts) throws InvalidDocumentException {
    return new Alerts(
        alerts.seconds("lost_after").orElse(Alerts.DEFAULT.lostAfter()),
        alerts.seconds("returned_after").orElse(Alerts.DEFAULT.returnedAfter()),
        alerts.seconds("silent_after").orElse(Alerts.DEFAULT.silentAfter()));
  }

  private static Webhooks webhooks(Settings webhooks) throws InvalidDocumentException {
    return new Webhooks(
        webhooks.texts("allowed_addresses").orElse(Webhooks.DEFAULT.allowedAddresses()),
        webhooks
            .value("retention_days", "1-365", Integer::parseInt)
            .orElse(Webhooks.DEFAULT.retentionDays()));
  }
}
