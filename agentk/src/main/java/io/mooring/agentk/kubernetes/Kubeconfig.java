package io.mooring.agentk.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.mooring.protocol.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A kubeconfig with plain credentials. The library reads these too, but loads eight hundred classes
 * to do it; what runs a program to get credentials is left to the library. Errors name the flag and
 * never a value of a user, which may be a credential.
 */
final class Kubeconfig {
  /** Members of a user that the library has to deal with. */
  private static final Set<String> LEFT_TO_LIBRARY = Set.of("exec", "auth-provider", "tokenFile");

  private final Path file;
  private final Map<?, ?> document;

  private Kubeconfig(Path file, Map<?, ?> document) {
    this.file = file;
    this.document = document;
  }

  static Kubeconfig read(Path file) {
    try (var in = Files.newInputStream(file)) {
      Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
      if (document instanceof Map<?, ?> map) {
        return new Kubeconfig(file, map);
      }
      throw new SettingException("--kubeconfig", file + " is no mapping (expected: a kubeconfig)");
    } catch (IOException e) {
      throw new SettingException(
          "--kubeconfig", file + " cannot be read: " + e + " (expected: a kubeconfig)", e);
    } catch (YAMLException e) {
      // Its message quotes the file, so it stays out, also as a cause.
      throw new SettingException("--kubeconfig", file + " is not YAML (expected: a kubeconfig)");
    }
  }

  /** The settings of a context; a chosen cluster or user replaces the context's. */
  Config config(KubernetesOptions options) {
    String name = options.context().or(() -> text(document, "current-context")).orElse("");
    Map<?, ?> context = named("contexts", name, "context", "--context");
    String userName = options.user().or(() -> text(context, "user")).orElse("");
    Map<?, ?> user = userName.isEmpty() ? Map.of() : named("users", userName, "user", "--user");
    if (user.keySet().stream().anyMatch(LEFT_TO_LIBRARY::contains)) {
      return library(options);
    }
    String clusterName = options.cluster().or(() -> text(context, "cluster")).orElse("");
    Map<?, ?> cluster = named("clusters", clusterName, "cluster", "--cluster");
    ConfigBuilder builder = new ConfigBuilder(Config.empty());
    text(cluster, "server").ifPresent(builder::withMasterUrl);
    text(cluster, "certificate-authority-data").ifPresent(builder::withCaCertData);
    path(cluster, "certificate-authority").ifPresent(builder::withCaCertFile);
    text(cluster, "tls-server-name").ifPresent(builder::withTlsServerName);
    text(cluster, "proxy-url")
        .ifPresent(proxy -> builder.withHttpsProxy(proxy).withHttpProxy(proxy));
    if (Boolean.TRUE.equals(cluster.get("insecure-skip-tls-verify"))) {
      builder.withTrustCerts(true).withDisableHostnameVerification(true);
    }
    text(user, "token").ifPresent(builder::withOauthToken);
    text(user, "client-certificate-data").ifPresent(builder::withClientCertData);
    path(user, "client-certificate").ifPresent(builder::withClientCertFile);
    text(user, "client-key-data").ifPresent(builder::withClientKeyData);
    path(user, "client-key").ifPresent(builder::withClientKeyFile);
    text(user, "username").ifPresent(builder::withUsername);
    text(user, "password").ifPresent(builder::withPassword);
    text(user, "as").ifPresent(builder::withImpersonateUsername);
    if (user.get("as-groups") instanceof List<?> groups && !groups.isEmpty()) {
      builder.withImpersonateGroups(groups.stream().map(String::valueOf).toArray(String[]::new));
    }
    builder.withNamespace(text(context, "namespace").orElse("default"));
    return builder.build();
  }

  /** The file with the token of the user that these options choose, if there is one. */
  Optional<Path> tokenFile(KubernetesOptions options) {
    String name = options.context().or(() -> text(document, "current-context")).orElse("");
    Map<?, ?> context = named("contexts", name, "context", "--context");
    String userName = options.user().or(() -> text(context, "user")).orElse("");
    return userName.isEmpty()
        ? Optional.empty()
        : path(named("users", userName, "user", "--user"), "tokenFile").map(Path::of);
  }

  private Config library(KubernetesOptions options) {
    if (options.cluster().isPresent() || options.user().isPresent()) {
      throw new SettingException(
          "--user",
          "gets its credentials from a program or a file (expected: such a user is chosen by --context)");
    }
    return Config.fromKubeconfig(options.context().orElse(null), file.toFile());
  }

  private Map<?, ?> named(String list, String name, String member, String flag) {
    if (document.get(list) instanceof List<?> entries) {
      for (Object entry : entries) {
        if (entry instanceof Map<?, ?> map
            && name.equals(map.get("name"))
            && map.get(member) instanceof Map<?, ?> found) {
          return found;
        }
      }
    }
    throw new SettingException(
        flag,
        (name.isEmpty() ? "none is chosen" : name + " is not in " + file)
            + " (expected: one of its "
            + list
            + ")");
  }

  private static Optional<String> text(Map<?, ?> map, String name) {
    @Nullable Object value = map.get(name);
    return value == null
        ? Optional.empty()
        : Optional.of(value.toString()).filter(text -> !text.isEmpty());
  }

  /** Relative to the folder of the file. */
  private Optional<String> path(Map<?, ?> map, String name) {
    return text(map, name).map(text -> file.toAbsolutePath().resolveSibling(text).toString());
  }
}
