package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Release;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.html.Html;
import io.mooring.protocol.secret.Secret;
import java.net.URI;
import org.springframework.stereotype.Component;

/** How an agent gets into a cluster: the commands, ready to be pasted. Thread-safe. */
@Component
class Installation {
  /** Names of namespaces have at most 63 characters, of which the prefix takes 13. */
  private static final int MAX_NAME = 50;

  private final String kasAddress;
  private final ExternalUrl external;

  Installation(GitLabConfiguration configuration, ExternalUrl external) {
    this.external = external;
    this.kasAddress =
        configuration
            .kas()
            .externalUrl()
            .map(URI::toString)
            .map(url -> url.startsWith("ws") && !url.endsWith("/") ? url + "/" : url)
            .orElse("grpc://KAS_ADDRESS");
  }

  /** The namespace an agent is installed in. */
  static String namespace(String agentName) {
    return "gitlab-agent-" + agentName.substring(0, Math.min(MAX_NAME, agentName.length()));
  }

  String helm(String agentName, Secret token) {
    return """
    helm repo add gitlab https://charts.gitlab.io
    helm repo update
    helm upgrade --install %s gitlab/gitlab-agent \\
        --namespace %s \\
        --create-namespace \\
        --set image.tag=v%s \\
        --set config.token=%s \\
        --set config.kasAddress=%s\
    """
        .formatted(agentName, namespace(agentName), Release.VERSION, token.text(), kasAddress);
  }

  String kubectl(String agentName, Secret token) {
    String namespace = namespace(agentName);
    return """
    kubectl create namespace %s
    kubectl -n %s create secret generic agent-token --from-literal=token=%s
    kubectl apply -f '%s'\
    """
        .formatted(
            namespace,
            namespace,
            token.text(),
            external.of("/-/kubernetes_agent/manifest.yaml?name=" + agentName));
  }

  String direct(Secret token) {
    return """
    umask 077 && echo '%s' > agent-token
    POD_NAMESPACE=default POD_NAME=$(hostname) bin/agentk --kas-address=%s --token-file=agent-token\
    """
        .formatted(token.text(), kasAddress);
  }

  /** What {@link #kubectl} applies; without secrets, so that it can be fetched by anybody. */
  String manifest(String agentName) {
    return """
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: agentk
      namespace: %1$s
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata:
      name: %1$s-cluster-admin
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: ClusterRole
      name: cluster-admin
    subjects:
    - kind: ServiceAccount
      name: agentk
      namespace: %1$s
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: agentk
      namespace: %1$s
    spec:
      replicas: 2
      selector:
        matchLabels:
          app: agentk
      template:
        metadata:
          labels:
            app: agentk
        spec:
          serviceAccountName: agentk
          securityContext:
            runAsNonRoot: true
            seccompProfile:
              type: RuntimeDefault
          containers:
          - name: agentk
            image: registry.gitlab.com/gitlab-org/cluster-integration/gitlab-agent/agentk:v%2$s
            args:
            - --token-file=/etc/agentk/secrets/token
            - --kas-address=%3$s
            env:
            - name: POD_NAMESPACE
              valueFrom:
                fieldRef:
                  fieldPath: metadata.namespace
            - name: POD_NAME
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
            - name: SERVICE_ACCOUNT_NAME
              valueFrom:
                fieldRef:
                  fieldPath: spec.serviceAccountName
            securityContext:
              allowPrivilegeEscalation: false
              readOnlyRootFilesystem: true
              capabilities:
                drop: [ALL]
            volumeMounts:
            - name: token
              mountPath: /etc/agentk/secrets
              readOnly: true
          volumes:
          - name: token
            secret:
              secretName: agent-token
    """
        .formatted(namespace(agentName), Release.VERSION, kasAddress);
  }

  /** The token and all ways to use it. */
  Html view(String agentName, Secret token) {
    return Html.of(
        """
        <section class="card"><h2>Access token</h2>
        <p>This is the only time it is shown. Keep it like a password.</p>{}</section>
        <section class="card"><h2>Install it in the cluster</h2>
        <details class="way" open><summary>With Helm</summary>{}</details>
        <details class="way"><summary>With kubectl</summary>{}</details>
        <details class="way"><summary>On this machine, for the cluster of your kubeconfig</summary>{}</details>
        </section>
        """,
        Parts.copyable("Token", token.text()),
        Parts.copyable("Helm commands", helm(agentName, token)),
        Parts.copyable("kubectl commands", kubectl(agentName, token)),
        Parts.copyable("Shell commands", direct(token)));
  }
}
