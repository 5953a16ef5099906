package io.mooring.agentk.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Turns options into the configuration of the client library. */
final class KubernetesSettings {
  private KubernetesSettings() {}

  static Config config(KubernetesOptions options) {
    ConfigBuilder builder = new ConfigBuilder(base(options));
    options.namespace().ifPresent(builder::withNamespace);
    options.server().ifPresent(builder::withMasterUrl);
    options.tlsServerName().ifPresent(builder::withTlsServerName);
    options
        .certificateAuthority()
        .ifPresent(file ->
            builder.withCaCertData(null).withCaCertFile(readable("--certificate-authority", file)));
    options
        .clientCertificate()
        .ifPresent(file ->
            builder
                .withClientCertData(null)
                .withClientCertFile(readable("--client-certificate", file)));
    options
        .clientKey()
        .ifPresent(file ->
            builder.withClientKeyData(null).withClientKeyFile(readable("--client-key", file)));
    options.token().ifPresent(token -> builder.withOauthToken(token.text()));
    options.as().ifPresent(builder::withImpersonateUsername);
    if (!options.asGroups().isEmpty()) {
      builder.withImpersonateGroups(options.asGroups().toArray(String[]::new));
    }
    if (options.insecureSkipTlsVerify()) {
      builder.withTrustCerts(true).withDisableHostnameVerification(true);
    }
    if (options.requestTimeout().isPositive()) {
      builder.withRequestTimeout(
          Math.toIntExact(Math.min(options.requestTimeout().toMillis(), Integer.MAX_VALUE)));
    }
    return builder.withUserAgent(BuildInfo.current().agent()).build();
  }

  /** The files a configuration was made from. A token that a kubelet renews is one of them. */
  static Set<Path> files(KubernetesOptions options, Config config) {
    Set<Path> files = new HashSet<>();
    Optional<Path> kubeconfig = kubeconfig(options);
    if (kubeconfig.isPresent()) {
      files.add(kubeconfig.get());
      Kubeconfig.read(kubeconfig.get()).tokenFile(options).ifPresent(files::add);
    } else {
      files.add(Path.of(Config.KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH));
    }
    Stream.of(config.getCaCertFile(), config.getClientCertFile(), config.getClientKeyFile())
        .filter(Objects::nonNull)
        .map(Path::of)
        .forEach(files::add);
    return Set.copyOf(files);
  }

  private static Optional<Path> kubeconfig(KubernetesOptions options) {
    return options
        .kubeconfig()
        .or(() ->
            Config.getKubeconfigFilenames().stream()
                .map(Path::of)
                .filter(Files::isReadable)
                .findFirst());
  }

  private static Config base(KubernetesOptions options) {
    Optional<Path> kubeconfig = kubeconfig(options);
    if (kubeconfig.isPresent()) {
      return Kubeconfig.read(kubeconfig.get()).config(options);
    }
    boolean chosen =
        options.context().isPresent()
            || options.cluster().isPresent()
            || options.user().isPresent();
    if (chosen) {
      throw new SettingException(
          "--kubeconfig", "not given, nor KUBECONFIG (expected: a file to choose from)");
    }
    return Config.autoConfigure(null);
  }

  private static String readable(String flag, Path file) {
    if (!Files.isReadable(file)) {
      throw new SettingException(flag, file + " cannot be read (expected: a PEM file)");
    }
    return file.toString();
  }
}
