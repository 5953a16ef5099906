package io.mooring.gitaly.configuration;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import io.mooring.protocol.yaml.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads the configuration file, in YAML. What is unknown or out of range is refused with file, line
 * and column. Relative paths are relative to the folder of the file.
 */
public final class ConfigurationFile {
  /** A configuration is a page of text. */
  private static final int MAX_BYTES = 128 * 1024;

  private static final String SETTING = "--configuration-file";

  private final Path file;

  private ConfigurationFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws SettingException when it cannot be read
   * @throws InvalidDocumentException when it is not right
   */
  public static GitalyConfiguration read(Path file) throws InvalidDocumentException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      if (content.length > MAX_BYTES) {
        throw new SettingException(
            SETTING, file + " is larger than 128 KiB (expected: a configuration)");
      }
      return new ConfigurationFile(file.toAbsolutePath()).parse(content);
    } catch (IOException e) {
      throw new SettingException(
          SETTING, file + " cannot be read: " + e + " (expected: a YAML file)", e);
    }
  }

  private GitalyConfiguration parse(byte[] content) throws InvalidDocumentException {
    YamlMapping root = new YamlMapping(file.toString(), "", root(content));
    return root.checked(() -> configuration(root));
  }

  private GitalyConfiguration configuration(YamlMapping root) throws InvalidDocumentException {
    List<String> listen = root.texts("listen");
    Optional<Tls> tls = tls(root);
    List<StorageFolder> storages = storages(root);
    YamlMapping authentication = root.mapping("authentication");
    Optional<Path> token = authentication.text("token_file").map(this::path);
    boolean transitioning = authentication.flag("transitioning").orElse(false);
    Optional<GitLab> gitlab = gitlab(root);
    Optional<Path> state = root.text("state_directory").map(this::path);
    YamlMapping limits = root.mapping("limits");
    Optional<Integer> transfers = limits.integer("transfers");
    Optional<Long> maxObject = limits.number("max_object_bytes");
    Optional<Duration> grace = root.seconds("shutdown_grace");
    Optional<String> observability = root.mapping("observability").text("listen");
    YamlMapping logging = root.mapping("logging");
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

  private MappingNode root(byte[] content) throws InvalidDocumentException {
    try {
      String text = UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(content)).toString();
      var options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      options.setMaxAliasesForCollections(0);
      Node node = new Yaml(new SafeConstructor(options)).compose(new java.io.StringReader(text));
      if (node instanceof MappingNode mapping) {
        return mapping;
      }
      throw invalid(1, 1, "not a mapping", "settings such as listen and storages");
    } catch (CharacterCodingException e) {
      throw invalid(1, 1, "not UTF-8", "a YAML file in UTF-8");
    } catch (MarkedYAMLException e) {
      var mark = e.getProblemMark();
      throw invalid(
          mark == null ? 0 : mark.getLine() + 1,
          mark == null ? 0 : mark.getColumn() + 1,
          String.valueOf(e.getProblem()),
          "YAML");
    } catch (YAMLException e) {
      throw invalid(0, 0, String.valueOf(e.getMessage()), "YAML");
    }
  }

  private Optional<Tls> tls(YamlMapping root) throws InvalidDocumentException {
    YamlMapping tls = root.mapping("tls");
    return tls.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Tls(path(tls.required("certificate_file")), path(tls.required("key_file"))));
  }

  private List<StorageFolder> storages(YamlMapping root) throws InvalidDocumentException {
    var storages = new java.util.ArrayList<StorageFolder>();
    for (YamlMapping storage : root.mappings("storages")) {
      storages.add(
          storage.checked(
              () -> new StorageFolder(storage.required("name"), path(storage.required("path")))));
    }
    return storages;
  }

  private Optional<GitLab> gitlab(YamlMapping root) throws InvalidDocumentException {
    YamlMapping gitlab = root.mapping("gitlab");
    if (gitlab.isEmpty()) {
      return Optional.empty();
    }
    String url = gitlab.required("url");
    try {
      return Optional.of(new GitLab(URI.create(url), path(gitlab.required("secret_file"))));
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          "gitlab.url", url + " (expected: http://host:port or https://host:port)", e);
    }
  }

  private static LogLevel level(YamlMapping logging, String name, LogLevel otherwise)
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

  private Path path(String text) {
    Path path = Path.of(text);
    return path.isAbsolute() ? path : file.resolveSibling(path).normalize();
  }

  private InvalidDocumentException invalid(int line, int column, String message, String expected) {
    return new InvalidDocumentException(
        List.of(new Problem(file.toString(), line, column, "", message, expected)));
  }
}
