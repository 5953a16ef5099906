package io.mooring.agentk;

import io.mooring.agentk.kubernetes.KubernetesOptions;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** kubectl's connection flags. */
final class KubernetesFlags {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)?");

  @Option(
      names = "--kubeconfig",
      paramLabel = "<file>",
      description = "Kubeconfig to use instead of the service account of the Pod")
  private Optional<Path> kubeconfig = Optional.empty();

  @Option(names = "--context", paramLabel = "<name>", description = "Context of the kubeconfig")
  private Optional<String> context = Optional.empty();

  @Option(names = "--cluster", paramLabel = "<name>", description = "Cluster of the kubeconfig")
  private Optional<String> cluster = Optional.empty();

  @Option(names = "--user", paramLabel = "<name>", description = "User of the kubeconfig")
  private Optional<String> user = Optional.empty();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "<name>",
      description = "Namespace instead of the context's")
  private Optional<String> namespace = Optional.empty();

  @Option(
      names = {"-s", "--server"},
      paramLabel = "<url>",
      description = "Address of the API server")
  private Optional<String> server = Optional.empty();

  @Option(
      names = "--tls-server-name",
      paramLabel = "<name>",
      description = "Name to verify in the API server's certificate")
  private Optional<String> tlsServerName = Optional.empty();

  @Option(
      names = "--insecure-skip-tls-verify",
      description = "Accept any certificate of the API server")
  private boolean insecureSkipTlsVerify;

  @Option(
      names = "--certificate-authority",
      paramLabel = "<file>",
      description = "CA of the API server's certificate, PEM")
  private Optional<Path> certificateAuthority = Optional.empty();

  @Option(
      names = "--client-certificate",
      paramLabel = "<file>",
      description = "Client certificate for the API server, PEM")
  private Optional<Path> clientCertificate = Optional.empty();

  @Option(
      names = "--client-key",
      paramLabel = "<file>",
      description = "Key of the client certificate, PEM")
  private Optional<Path> clientKey = Optional.empty();

  @Option(
      names = "--token",
      paramLabel = "<token>",
      description = "Bearer token for the API server")
  private Optional<String> token = Optional.empty();

  @Option(names = "--as", paramLabel = "<user>", description = "User to act as at the API server")
  private Optional<String> as = Optional.empty();

  @Option(
      names = "--as-group",
      paramLabel = "<group>",
      description = "Group to act as at the API server; may be given more than once")
  private List<String> asGroups = new ArrayList<>();

  @Option(
      names = "--request-timeout",
      paramLabel = "<time>",
      defaultValue = "0",
      description = "Bound of one request to the API server, such as 30s; 0 is the client's own")
  private String requestTimeout = "0";

  KubernetesOptions options() {
    return new KubernetesOptions(
        kubeconfig,
        context,
        cluster,
        user,
        namespace,
        server,
        tlsServerName,
        insecureSkipTlsVerify,
        certificateAuthority,
        clientCertificate,
        clientKey,
        token.map(Secret::of),
        as,
        asGroups,
        duration("--request-timeout", requestTimeout));
  }

  private static Duration duration(String flag, String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new SettingException(flag, text + " (expected: a number with ms, s, m or h)");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case null, default -> Duration.ofSeconds(number);
    };
  }
}
