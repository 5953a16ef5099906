package io.mooring.agentk.kubernetes;

import io.mooring.protocol.secret.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the API server is found and who calls it: kubectl's connection flags (modules.md 8). Without
 * any of them, {@code KUBECONFIG} or {@code ~/.kube/config} is used, then the service account of
 * the Pod.
 *
 * @param kubeconfig file to read instead
 * @param context context of that file instead of its current one
 * @param cluster cluster of that file instead of the context's
 * @param user user of that file instead of the context's
 * @param namespace namespace instead of the context's
 * @param server URL of the API server
 * @param tlsServerName name to verify in its certificate
 * @param insecureSkipTlsVerify accepts any certificate
 * @param certificateAuthority PEM file with the CA of its certificate
 * @param clientCertificate PEM file
 * @param clientKey PEM file
 * @param token bearer token
 * @param as user to act as
 * @param asGroups groups to act as
 * @param requestTimeout bound of one request; zero is the client's own
 */
public record KubernetesOptions(
    Optional<Path> kubeconfig,
    Optional<String> context,
    Optional<String> cluster,
    Optional<String> user,
    Optional<String> namespace,
    Optional<String> server,
    Optional<String> tlsServerName,
    boolean insecureSkipTlsVerify,
    Optional<Path> certificateAuthority,
    Optional<Path> clientCertificate,
    Optional<Path> clientKey,
    Optional<Secret> token,
    Optional<String> as,
    List<String> asGroups,
    Duration requestTimeout) {
  /** Copies the list. */
  public KubernetesOptions {
    asGroups = List.copyOf(asGroups);
  }

  /** What is found without any flag. */
  public static KubernetesOptions defaults() {
    return new KubernetesOptions(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Duration.ZERO);
  }

  /** The current context of a file. */
  public static KubernetesOptions ofKubeconfig(Path kubeconfig) {
    KubernetesOptions none = defaults();
    return new KubernetesOptions(
        Optional.of(kubeconfig),
        none.context,
        none.cluster,
        none.user,
        none.namespace,
        none.server,
        none.tlsServerName,
        none.insecureSkipTlsVerify,
        none.certificateAuthority,
        none.clientCertificate,
        none.clientKey,
        none.token,
        none.as,
        none.asGroups,
        none.requestTimeout);
  }
}
