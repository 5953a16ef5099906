package io.mooring.agentk.kubernetes;

import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import java.io.IOException;
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
    if (options.kubeconfig().isEmpty() && options.cluster().isEmpty() && options.user().isEmpty()) {
      return Config.autoConfigure(options.context().orElse(null));
    }
    Path file = options.kubeconfig().orElseGet(KubernetesSettings::defaultKubeconfig);
    try {
      if (options.cluster().isPresent() || options.user().isPresent()) {
        return Config.fromKubeconfig(changed(Files.readString(file), options));
      }
      if (!Files.isReadable(file)) {
        throw new SettingException(
            "--kubeconfig", file + " cannot be read (expected: a kubeconfig)");
      }
      return Config.fromKubeconfig(options.context().orElse(null), file.toFile());
    } catch (IOException e) {
      throw new SettingException(
          "--kubeconfig", file + " cannot be read: " + e + " (expected: a kubeconfig)", e);
    } catch (KubernetesClientException | IllegalArgumentException e) {
      throw new SettingException(
          "--kubeconfig", file + " cannot be used (expected: a kubeconfig)", e);
    }
  }

  private static Path defaultKubeconfig() {
    return Config.getKubeconfigFilenames().stream()
        .findFirst()
        .map(Path::of)
        .orElseThrow(() ->
            new SettingException(
                "--kubeconfig",
                "not given (expected: a file, because --cluster or --user chooses from one)"));
  }

  /** The file with another cluster or user in the context. */
  private static String changed(String text, KubernetesOptions options) {
    var config = Serialization.unmarshal(text, io.fabric8.kubernetes.api.model.Config.class);
    String wanted = options.context().orElse(config.getCurrentContext());
    NamedContext context =
        Optional.ofNullable(config.getContexts()).stream()
            .flatMap(java.util.List::stream)
            .filter(candidate -> candidate.getName().equals(wanted))
            .findFirst()
            .orElseThrow(() ->
                new SettingException(
                    "--context",
                    wanted + " is not in the kubeconfig (expected: one of its contexts)"));
    options.cluster().ifPresent(context.getContext()::setCluster);
    options.user().ifPresent(context.getContext()::setUser);
    config.setCurrentContext(wanted);
    return Serialization.asYaml(config);
  }

  private static String readable(String flag, Path file) {
    if (!Files.isReadable(file)) {
      throw new SettingException(flag, file + " cannot be read (expected: a PEM file)");
    }
    return file.toString();
  }
}
