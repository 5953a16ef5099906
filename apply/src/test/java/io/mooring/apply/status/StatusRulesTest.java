package io.mooring.apply.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.apply.object.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusRulesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          v1 | ConfigMap | {} | CURRENT
          v1 | ConfigMap | {"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z","finalizers":["a/b"]}} | TERMINATING
          example.com/v1 | Thing | {"metadata":{"generation":2},"status":{"observedGeneration":1}} | IN_PROGRESS
          example.com/v1 | Thing | {"metadata":{"generation":2},"status":{"observedGeneration":2}} | CURRENT
          example.com/v1 | Thing | {"status":{"conditions":[{"type":"Ready","status":"False","message":"no"}]}} | IN_PROGRESS
          example.com/v1 | Thing | {"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}} | IN_PROGRESS
          example.com/v1 | Thing | {"status":{"conditions":[{"type":"Ready","status":"True"}]}} | CURRENT
          example.com/v1 | Thing | {"status":{"conditions":[{"type":"Stalled","status":"True","message":"no"}]}} | FAILED
          example.com/v1 | Thing | {"status":{"conditions":[{"type":"Reconciling","status":"True"}]}} | IN_PROGRESS
          v1 | Service | {"spec":{"type":"ClusterIP"}} | CURRENT
          v1 | Service | {"spec":{"type":"LoadBalancer"}} | IN_PROGRESS
          v1 | Service | {"spec":{"type":"LoadBalancer","clusterIP":"10.0.0.1"}} | CURRENT
          v1 | PersistentVolumeClaim | {"status":{"phase":"Pending"}} | IN_PROGRESS
          v1 | PersistentVolumeClaim | {"status":{"phase":"Bound"}} | CURRENT
          v1 | Namespace | {"status":{"phase":"Active"}} | CURRENT
          v1 | Pod | {} | IN_PROGRESS
          v1 | Pod | {"status":{"phase":"Succeeded"}} | CURRENT
          v1 | Pod | {"status":{"phase":"Failed","message":"evicted"}} | FAILED
          v1 | Pod | {"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}} | CURRENT
          v1 | Pod | {"status":{"phase":"Running"}} | IN_PROGRESS
          v1 | Pod | {"status":{"phase":"Running","containerStatuses":[{"name":"a","state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}} | FAILED
          v1 | Pod | {"status":{"phase":"Pending","initContainerStatuses":[{"name":"a","state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}} | FAILED
          v1 | Pod | {"status":{"phase":"Pending"}} | IN_PROGRESS
          v1 | Pod | {"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","lastTransitionTime":"2026-01-01T00:00:00Z"}]}} | FAILED
          v1 | Pod | {"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","lastTransitionTime":"2026-01-01T00:00:55Z"}]}} | IN_PROGRESS
          apps/v1 | Deployment | {} | IN_PROGRESS
          apps/v1 | Deployment | {"spec":{"replicas":0},"status":{"conditions":[{"type":"Available","status":"True"}]}} | CURRENT
          apps/v1 | Deployment | {"spec":{"replicas":1},"status":{"replicas":1,"updatedReplicas":1,"readyReplicas":1,"availableReplicas":1,"conditions":[{"type":"Available","status":"True"}]}} | CURRENT
          apps/v1 | Deployment | {"spec":{"replicas":1,"progressDeadlineSeconds":600},"status":{"replicas":1,"updatedReplicas":1,"readyReplicas":1,"availableReplicas":1,"conditions":[{"type":"Available","status":"True"}]}} | IN_PROGRESS
          apps/v1 | Deployment | {"spec":{"replicas":1,"progressDeadlineSeconds":600},"status":{"replicas":1,"updatedReplicas":1,"readyReplicas":1,"availableReplicas":1,"conditions":[{"type":"Available","status":"True"},{"type":"Progressing","status":"True","reason":"NewReplicaSetAvailable"}]}} | CURRENT
          apps/v1 | Deployment | {"spec":{"replicas":1},"status":{"replicas":2,"updatedReplicas":1,"readyReplicas":2,"availableReplicas":2}} | IN_PROGRESS
          apps/v1 | Deployment | {"spec":{"replicas":1},"status":{"replicas":1,"updatedReplicas":0}} | IN_PROGRESS
          apps/v1 | Deployment | {"spec":{"replicas":1},"status":{"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"late"}]}} | FAILED
          apps/v1 | ReplicaSet | {"spec":{"replicas":1},"status":{"replicas":1,"fullyLabeledReplicas":1,"readyReplicas":1,"availableReplicas":1}} | CURRENT
          apps/v1 | ReplicaSet | {"spec":{"replicas":1},"status":{"replicas":1,"fullyLabeledReplicas":1,"readyReplicas":1}} | IN_PROGRESS
          apps/v1 | ReplicaSet | {"status":{"conditions":[{"type":"ReplicaFailure","status":"True","message":"quota"}]}} | IN_PROGRESS
          apps/v1 | StatefulSet | {"spec":{"replicas":1},"status":{"replicas":1,"readyReplicas":1,"currentReplicas":1,"currentRevision":"a","updateRevision":"a"}} | CURRENT
          apps/v1 | StatefulSet | {"spec":{"replicas":1},"status":{"replicas":1,"readyReplicas":1,"currentReplicas":1,"currentRevision":"a","updateRevision":"b"}} | IN_PROGRESS
          apps/v1 | StatefulSet | {"spec":{"replicas":3,"updateStrategy":{"rollingUpdate":{"partition":2}}},"status":{"replicas":3,"readyReplicas":3,"updatedReplicas":1}} | CURRENT
          apps/v1 | StatefulSet | {"spec":{"replicas":3,"updateStrategy":{"rollingUpdate":{"partition":2}}},"status":{"replicas":3,"readyReplicas":3,"updatedReplicas":0}} | IN_PROGRESS
          apps/v1 | StatefulSet | {"spec":{"updateStrategy":{"type":"OnDelete"}}} | CURRENT
          apps/v1 | DaemonSet | {} | IN_PROGRESS
          apps/v1 | DaemonSet | {"status":{"observedGeneration":1,"desiredNumberScheduled":0}} | CURRENT
          apps/v1 | DaemonSet | {"status":{"observedGeneration":1,"desiredNumberScheduled":2,"currentNumberScheduled":2,"updatedNumberScheduled":2,"numberAvailable":1}} | IN_PROGRESS
          apps/v1 | DaemonSet | {"status":{"observedGeneration":1,"desiredNumberScheduled":1,"currentNumberScheduled":1,"updatedNumberScheduled":1,"numberAvailable":1,"numberReady":1}} | CURRENT
          batch/v1 | Job | {} | IN_PROGRESS
          batch/v1 | Job | {"status":{"startTime":"x","active":1}} | CURRENT
          batch/v1 | Job | {"status":{"conditions":[{"type":"Complete","status":"True"}]}} | CURRENT
          batch/v1 | Job | {"status":{"conditions":[{"type":"Failed","status":"True","message":"limit"}]}} | FAILED
          batch/v1 | CronJob | {} | CURRENT
          policy/v1 | PodDisruptionBudget | {"metadata":{"generation":1},"status":{"observedGeneration":1}} | CURRENT
          apiextensions.k8s.io/v1 | CustomResourceDefinition | {} | IN_PROGRESS
          apiextensions.k8s.io/v1 | CustomResourceDefinition | {"status":{"conditions":[{"type":"Established","status":"True"}]}} | CURRENT
          apiextensions.k8s.io/v1 | CustomResourceDefinition | {"status":{"conditions":[{"type":"NamesAccepted","status":"False","message":"taken"}]}} | FAILED
          """)
  void followsKstatus(String apiVersion, String kind, String rest, Health health) {
    String json =
        "{\"apiVersion\":\"%s\",\"kind\":\"%s\"%s"
            .formatted(apiVersion, kind, rest.equals("{}") ? "}" : "," + rest.substring(1));

    Status status = StatusRules.of(Json.read(json.getBytes(StandardCharsets.UTF_8)), NOW);

    assertThat(status.health()).isEqualTo(health);
    boolean explains =
        health == Health.CURRENT
            || !status.message().isEmpty()
            || rest.contains("Reconciling")
            || rest.contains("Unknown");
    assertThat(explains).as(status.message()).isTrue();
  }

  @Test
  void keepsMessagesShort() {
    Status status = new Status(Health.FAILED, "x".repeat(5_000));

    assertThat(status.message()).hasSize(1_003);
  }
}
