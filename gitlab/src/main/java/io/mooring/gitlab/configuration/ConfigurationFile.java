package io.mooring.gitlab.configuration;

import io.mooring.gitlab.configuration.GitLabConfiguration.Administrator;
import io.mooring.gitlab.configuration.GitLabConfiguration.Audit;
import io.mooring.gitlab.configuration.GitLabConfiguration.Cable;
import io.mooring.gitlab.configuration.GitLabConfiguration.Database;
import io.mooring.gitlab.configuration.GitLabConfiguration.Gitaly;
import io.mooring.gitlab.configuration.GitLabConfiguration.Http;
import io.mooring.gitlab.configuration.GitLabConfiguration.Kas;
import io.mooring.gitlab.configuration.GitLabConfiguration.Monitoring;
import io.mooring.gitlab.configuration.GitLabConfiguration.Redis;
import io.mooring.gitlab.configuration.GitLabConfiguration.Storage;
import io.mooring.gitlab.configuration.GitLabConfiguration.Tls;
import io.mooring.gitlab.configuration.GitLabConfiguration.Webhooks;
import io.mooring.protocol.SettingException;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/** Reads the configuration from a YAML file. Relative paths in it are relative to the file. */
public final class ConfigurationFile {
  /** The longest file that is read; the whole reference with comments is under 10 KiB. */
  static final int MAX_BYTES = 256 * 1024;

  private final Path file;
  private final Path base;

  private ConfigurationFile(Path file) {
    this.file = file;
    this.base = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
  }

  /**
   * The configuration that a file holds.
   *
   * @throws ConfigurationException with line and column when a setting is unknown or cannot be used
   */
  public static GitLabConfiguration read(Path file) {
    return new ConfigurationFile(file).parse();
  }

  private GitLabConfiguration parse() {
    Node root = compose(text());
    try (var top =
        root == null
            ? YamlSection.empty(file.toString(), "")
            : YamlSection.of(file.toString(), "", root)) {
      return configuration(top);
    } catch (SettingException e) {
      throw new ConfigurationException(file.toString(), 0, 0, String.valueOf(e.getMessage()));
    }
  }

  private GitLabConfiguration configuration(YamlSection top) {
    Path data = path(top, "data_directory").orElse(base.resolve("data"));
    var defaults = GitLabConfiguration.in(data);
    return new GitLabConfiguration(
        http(top),
        url(top, "external_url"),
        data,
        database(top),
        administrator(top),
        kas(top, defaults.kas()),
        gitaly(top, defaults.gitaly()),
        monitoring(top),
        redis(top),
        cable(top),
        webhooks(top),
        audit(top));
  }

  private Http http(YamlSection top) {
    try (var section = top.section("http")) {
      return new Http(
          section.text("address").orElse(Http.DEFAULT.address()),
          section.value("port", "0-65535", Integer::parseInt).orElse(Http.DEFAULT.port()),
          section.texts("trusted_proxies").orElse(Http.DEFAULT.trustedProxies()),
          tls(section));
    }
  }

  private Optional<Tls> tls(YamlSection http) {
    if (!http.has("tls")) {
      http.section("tls").close();
      return Optional.empty();
    }
    try (var section = http.section("tls")) {
      return Optional.of(
          new Tls(required(section, "certificate_file"), required(section, "key_file")));
    }
  }

  private Path required(YamlSection section, String key) {
    return path(section, key)
        .orElseThrow(() -> section.problem(key, "missing", "the path of a PEM file"));
  }

  private Database database(YamlSection top) {
    if (!top.has("database")) {
      top.section("database").close();
      return new Database.Embedded();
    }
    try (var section = top.section("database")) {
      return new Database.External(
          section
              .text("url")
              .orElseThrow(
                  () -> section.problem("url", "missing", "jdbc:postgresql://host:port/database")),
          section.text("username").orElse("gitlab"),
          path(section, "password_file"));
    }
  }

  private Administrator administrator(YamlSection top) {
    try (var section = top.section("administrator")) {
      return new Administrator(
          section.text("username").orElse(Administrator.DEFAULT.username()),
          section.text("email").orElse(Administrator.DEFAULT.email()),
          path(section, "password_file"));
    }
  }

  private Kas kas(YamlSection top, Kas defaults) {
    try (var section = top.section("kas")) {
      return new Kas(
          url(section, "internal_url"),
          url(section, "external_url"),
          url(section, "external_k8s_proxy_url"),
          path(section, "secret_file").orElse(defaults.secretFile()));
    }
  }

  private Gitaly gitaly(YamlSection top, Gitaly defaults) {
    try (var section = top.section("gitaly")) {
      Map<String, Storage> storages = new HashMap<>();
      if (section.has("storages")) {
        try (var named = section.section("storages")) {
          for (String name : named.names()) {
            storages.put(name, storage(named.section(name)));
          }
        }
      } else {
        storages.putAll(defaults.storages());
        section.section("storages").close();
      }
      Map<String, Boolean> features = new HashMap<>();
      try (var flags = section.section("features")) {
        for (String name : flags.names()) {
          flags
              .value(name, "true or false", ConfigurationFile::flag)
              .ifPresent(value -> features.put(name, value));
        }
      }
      return new Gitaly(
          storages, path(section, "hook_secret_file").orElse(defaults.hookSecretFile()), features);
    }
  }

  private Storage storage(YamlSection section) {
    try (section) {
      return new Storage(
          section
              .text("address")
              .orElseThrow(
                  () -> section.problem("address", "missing", "tcp://host:port or unix:/path")),
          path(section, "token_file"));
    }
  }

  private static Monitoring monitoring(YamlSection top) {
    try (var section = top.section("monitoring")) {
      return section.texts("allowed_addresses").map(Monitoring::new).orElse(Monitoring.DEFAULT);
    }
  }

  private Optional<Redis> redis(YamlSection top) {
    if (!top.has("redis")) {
      top.section("redis").close();
      return Optional.empty();
    }
    try (var section = top.section("redis")) {
      return Optional.of(
          new Redis(
              url(section, "url")
                  .orElseThrow(
                      () -> section.problem("url", "missing", "redis://host:port/database")),
              section.text("username"),
              path(section, "password_file"),
              path(section, "ca_file"),
              section.text("channel_prefix").orElse("")));
    }
  }

  private static Cable cable(YamlSection top) {
    try (var section = top.section("cable")) {
      return new Cable(
          section.texts("allowed_origins").orElse(Cable.DEFAULT.allowedOrigins()),
          section
              .value("max_connections", "1-200000", Integer::parseInt)
              .orElse(Cable.DEFAULT.maxConnections()));
    }
  }

  private static Webhooks webhooks(YamlSection top) {
    try (var section = top.section("webhooks")) {
      return new Webhooks(
          section
              .value("allow_local_requests", "true or false", ConfigurationFile::flag)
              .orElse(Webhooks.DEFAULT.allowLocalRequests()));
    }
  }

  private static Audit audit(YamlSection top) {
    try (var section = top.section("audit")) {
      return section
          .value("retention_days", "1-3650", Integer::parseInt)
          .map(Audit::new)
          .orElse(Audit.DEFAULT);
    }
  }

  private static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static Optional<URI> url(YamlSection section, String key) {
    return section.value(key, "a URL", URI::create);
  }

  private Optional<Path> path(YamlSection section, String key) {
    return section.value(key, "a path", text -> base.resolve(text).normalize());
  }

  @SuppressWarnings("NullAway") // SnakeYAML answers null for a document without content.
  private Node compose(String text) {
    try {
      return new Yaml(new LoaderOptions()).compose(new StringReader(text));
    } catch (MarkedYAMLException e) {
      var mark = Optional.ofNullable(e.getProblemMark());
      throw new ConfigurationException(
          file.toString(),
          mark.map(m -> m.getLine() + 1).orElse(0),
          mark.map(m -> m.getColumn() + 1).orElse(0),
          "not YAML: " + e.getProblem());
    } catch (YAMLException e) {
      throw new ConfigurationException(file.toString(), 0, 0, "not YAML: " + e.getMessage());
    }
  }

  private String text() {
    try (var in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      if (content.length > MAX_BYTES) {
        throw new ConfigurationException(
            file.toString(), 0, 0, "larger than 256 KiB (expected: a configuration file)");
      }
      return new String(content, java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ConfigurationException(
          file.toString(), 0, 0, "cannot be read: " + e + " (expected: a readable YAML file)");
    }
  }
}
