package io.mooring.agentk.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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

  private static Config base(KubernetesOptions options) {
    if (options.kubeconfig().isPresent()) {
      return Kubeconfig.read(options.kubeconfig().get()).config(options);
    }
    boolean chosen =
        options.context().isPresent()
            || options.cluster().isPresent()
            || options.user().isPresent();
    Optional<Path> usual =
        Config.getKubeconfigFilenames().stream()
            .map(Path::of)
            .filter(Files::isReadable)
            .findFirst();
    if (usual.isPresent()) {
      return Kubeconfig.read(usual.get()).config(options);
    }
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
