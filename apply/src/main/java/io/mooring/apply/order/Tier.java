package io.mooring.apply.order;

import io.mooring.apply.object.ObjectRef;

/**
 * What has to be there before what: kinds of one tier are applied together, tiers one after the
 * other, and pruned the other way round.
 */
public enum Tier {
  /** Everything else lives in them. */
  NAMESPACE,
  /** Types of objects that come later. */
  DEFINITION,
  /** Rules the objects after them are measured by. */
  POLICY,
  /** Who may do what. */
  IDENTITY,
  /** What workloads read and keep. */
  DATA,
  /** How workloads are reached: Services come first so that Pods find them in their environment. */
  NETWORK,
  /** What runs. */
  WORKLOAD,
  /** All other kinds, custom resources among them. */
  OTHER,
  /** What stands in the way of every write: last, when its server may be up already. */
  HOOK;

  /**
   * The tier of an object. A custom kind that is named like one of the server's is {@link #OTHER}.
   */
  public static Tier of(ObjectRef ref) {
    boolean builtIn = ref.group().indexOf('.') < 0 || ref.group().endsWith(".k8s.io");
    return builtIn ? of(ref.kind()) : OTHER;
  }

  private static Tier of(String kind) {
    return switch (kind) {
      case "Namespace" -> NAMESPACE;
      case "CustomResourceDefinition" -> DEFINITION;
      case "ResourceQuota",
          "LimitRange",
          "PriorityClass",
          "StorageClass",
          "RuntimeClass",
          "IngressClass",
          "PodSecurityPolicy" ->
          POLICY;
      case "ServiceAccount", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding" -> IDENTITY;
      case "ConfigMap", "Secret", "PersistentVolume", "PersistentVolumeClaim" -> DATA;
      case "Service", "Endpoints", "EndpointSlice", "NetworkPolicy" -> NETWORK;
      case "Pod",
          "ReplicaSet",
          "ReplicationController",
          "Deployment",
          "StatefulSet",
          "DaemonSet",
          "Job",
          "CronJob" ->
          WORKLOAD;
      case "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "APIService" -> HOOK;
      default -> OTHER;
    };
  }
}
