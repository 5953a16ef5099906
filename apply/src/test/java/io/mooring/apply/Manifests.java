package io.mooring.apply;

/** Manifests that tests apply. */
final class Manifests {
  private Manifests() {}

  static String configMap(String namespace, String name, String value) {
    return configMap(namespace, name, value, "");
  }

  /** With annotations as flow members, such as {@code "a: b"}. */
  static String configMap(String namespace, String name, String value, String annotations) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: %s
      namespace: %s
      annotations: {%s}
    data:
      value: "%s"
    ---
    """
        .formatted(name, namespace, annotations, value);
  }

  static String secret(String namespace, String name, String value) {
    return """
    apiVersion: v1
    kind: Secret
    metadata: {name: %s, namespace: %s}
    stringData:
      password: "%s"
    ---
    """
        .formatted(name, namespace, value);
  }

  static String deployment(String namespace, String name, int replicas) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: %1$s, namespace: %2$s}
    spec:
      replicas: %3$d
      selector: {matchLabels: {app: %1$s}}
      template:
        metadata: {labels: {app: %1$s}}
        spec:
          containers:
          - name: main
            image: registry.example.com/%1$s:1
            ports: [{containerPort: 8080}]
            resources: {requests: {cpu: "0.5", memory: 128Mi}, limits: {cpu: 1}}
            env: [{name: A, value: "1"}]
    ---
    """
        .formatted(name, namespace, replicas);
  }

  static String service(String namespace, String name) {
    return """
    apiVersion: v1
    kind: Service
    metadata: {name: %1$s, namespace: %2$s}
    spec:
      selector: {app: %1$s}
      ports: [{port: 80, targetPort: 8080}]
    ---
    """
        .formatted(name, namespace);
  }
}
