package io.mooring.allinone;

import java.io.IOException;
import java.util.Map;

/** The project that the quickstart pushes: an agent's configuration and a few manifests. */
public final class Sample {

  public static final String GROUP = "demo";
  public static final String PROJECT = "demo/sample";

  /** A project without files, whose jobs act as the agent. */
  public static final String DEPLOYER = "demo/deployer";

  public static final String AGENT = "laptop";
  public static final String NAMESPACE = "sample";
  public static final String GREETING = "manifests/greeting.yaml";
  public static final String SERVICE = "manifests/service.yaml";
  public static final String CONFIGURATION = ".gitlab/agents/" + AGENT + "/config.yaml";

  /** The files of the first commit. */
  static final Map<String, String> FILES =
      Map.of(
          CONFIGURATION,
          """
          gitops:
            manifest_projects:
            - id: %s
              default_namespace: %s
              paths:
              - glob: 'manifests/**/*.yaml'
          # Jobs of these projects reach the cluster with kubectl, ...
          ci_access:
            projects:
            - id: %s
              default_namespace: %s
              access_as:
                ci_job: {}
            - id: %s
          # ... and so do the developers of this one.
          user_access:
            access_as:
              user: {}
            projects:
            - id: %s
          """
              .formatted(PROJECT, NAMESPACE, PROJECT, NAMESPACE, DEPLOYER, PROJECT),
          "manifests/namespace.yaml",
          """
          apiVersion: v1
          kind: Namespace
          metadata:
            name: %s
          """
              .formatted(NAMESPACE),
          GREETING,
          greeting("hello"),
          SERVICE,
          """
          apiVersion: v1
          kind: Service
          metadata:
            name: greeter
          spec:
            selector:
              app: greeter
            ports:
            - port: 80
              targetPort: 8080
          """,
          "manifests/account.yaml",
          """
          apiVersion: v1
          kind: ServiceAccount
          metadata:
            name: greeter
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: Role
          metadata:
            name: greeter
          rules:
          - apiGroups: [""]
            resources: ["configmaps"]
            verbs: ["get"]
          ---
          # What people and jobs may do who come through kas.
          apiVersion: rbac.authorization.k8s.io/v1
          kind: RoleBinding
          metadata:
            name: people-and-jobs
          roleRef:
            apiGroup: rbac.authorization.k8s.io
            kind: ClusterRole
            name: edit
          subjects:
          - kind: Group
            apiGroup: rbac.authorization.k8s.io
            name: gitlab:user
          - kind: Group
            apiGroup: rbac.authorization.k8s.io
            name: gitlab:ci_job
          """);

  private Sample() {}

  /** The manifest of the ConfigMap {@code greeting} with this text. */
  public static String greeting(String text) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: greeting
    data:
      text: %s
    """
        .formatted(text);
  }

  /** Writes the first commit's files. */
  static void write(Worktree tree) throws IOException {
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      tree.write(file.getKey(), file.getValue());
    }
  }
}
