package io.mooring.apply.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OrderTest {
  private static final ObjectRef NAMESPACE = new ObjectRef("", "Namespace", "", "shop");
  private static final ObjectRef CRD =
      new ObjectRef("apiextensions.k8s.io", "CustomResourceDefinition", "", "x.example.com");
  private static final ObjectRef ROLE =
      new ObjectRef("rbac.authorization.k8s.io", "Role", "shop", "r");
  private static final ObjectRef CONFIG = new ObjectRef("", "ConfigMap", "shop", "c");
  private static final ObjectRef SERVICE = new ObjectRef("", "Service", "shop", "s");
  private static final ObjectRef WEB = new ObjectRef("apps", "Deployment", "shop", "web");
  private static final ObjectRef CUSTOM = new ObjectRef("example.com", "Deployment", "shop", "x");
  private static final ObjectRef HOOK =
      new ObjectRef("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", "", "h");

  private static Set<ObjectRef> dependsOn(String annotation) throws DependsOn.MalformedException {
    return DependsOn.of(
        new JsonObject(
            Map.of("metadata", Map.of("annotations", Map.of(DependsOn.ANNOTATION, annotation)))));
  }

  @Test
  void appliesWhatOthersNeedFirst() {
    Map<ObjectRef, Set<ObjectRef>> batch = new LinkedHashMap<>();
    for (ObjectRef ref : List.of(HOOK, CUSTOM, WEB, SERVICE, CONFIG, ROLE, CRD, NAMESPACE)) {
      batch.put(ref, Set.of());
    }

    ApplyOrder order = ApplyOrder.of(batch);

    assertThat(order.tiers().values().stream().flatMap(List::stream))
        .containsExactly(NAMESPACE, CRD, ROLE, CONFIG, SERVICE, WEB, CUSTOM, HOOK);
    assertThat(order.waiting()).isEmpty();
  }

  @Test
  void letsWaitWhatDependsOnOthers() {
    ApplyOrder order = ApplyOrder.of(Map.of(CONFIG, Set.of(WEB), WEB, Set.of()));

    assertThat(order.tiers().values()).containsExactly(List.of(WEB));
    assertThat(order.waiting()).isEqualTo(Map.of(CONFIG, Set.of(WEB)));
  }

  @Test
  void namesTheCircle() {
    Map<ObjectRef, Set<ObjectRef>> batch = new LinkedHashMap<>();
    batch.put(CONFIG, Set.of(SERVICE));
    batch.put(SERVICE, Set.of(WEB));
    batch.put(WEB, Set.of(CONFIG));
    batch.put(ROLE, Set.of());

    ApplyOrder order = ApplyOrder.of(batch);

    assertThat(order.refused()).containsOnlyKeys(CONFIG, SERVICE, WEB);
    assertThat(order.refused().get(WEB))
        .isEqualTo(
            "config.kubernetes.io/depends-on goes in a circle: ConfigMap shop/c -> Service shop/s -> Deployment.apps shop/web -> ConfigMap shop/c");
    assertThat(order.tiers().values()).containsExactly(List.of(ROLE));
  }

  @Test
  void refusesWhatDependsOnItself() {
    assertThat(ApplyOrder.of(Map.of(WEB, Set.of(WEB))).refused()).containsOnlyKeys(WEB);
  }

  @Test
  void refusesADependencyThatIsNotThere() {
    ApplyOrder order = ApplyOrder.of(Map.of(WEB, Set.of(CONFIG)));

    assertThat(order.refused().get(WEB))
        .contains("names /namespaces/shop/ConfigMap/c, which is not among the manifests");
  }

  @Test
  void readsTheAnnotation() throws DependsOn.MalformedException {
    assertThat(
            dependsOn(
                "apps/namespaces/shop/Deployment/web, /Namespace/shop ,/namespaces/shop/ConfigMap/c"))
        .containsExactly(WEB, NAMESPACE, CONFIG);
    assertThat(dependsOn(" ")).isEmpty();
    assertThat(DependsOn.of(JsonObject.EMPTY)).isEmpty();
  }

  @Test
  void saysWhatTheAnnotationShouldLookLike() {
    for (String wrong :
        List.of(
            "web", "apps/Deployment", "apps/namespaces//Deployment/web", "a/b/c/d", "//", "x,,y")) {
      assertThatThrownBy(() -> dependsOn(wrong))
          .isInstanceOf(DependsOn.MalformedException.class)
          .hasMessageContaining("expected: <group>/namespaces/<namespace>/<kind>/<name>");
    }
  }

  @Test
  void prunesDependentsFirstAndNamespacesLast() {
    PruneOrder order =
        PruneOrder.of(
            Map.of(
                NAMESPACE,
                Set.of(),
                CONFIG,
                Set.of(),
                WEB,
                Set.of(CONFIG),
                HOOK,
                Set.of(),
                CRD,
                Set.of()));

    assertThat(order.after().keySet()).containsExactly(HOOK, WEB, CONFIG, CRD, NAMESPACE);
    assertThat(order.after().get(CONFIG)).containsExactly(WEB);
    assertThat(order.after().get(NAMESPACE)).containsExactlyInAnyOrder(CONFIG, WEB);
    assertThat(order.after().get(WEB)).isEmpty();
  }

  @Test
  void prunesDefinitionsAfterTheirObjects() {
    PruneOrder order = PruneOrder.of(Map.of(CRD, Set.of(), CUSTOM, Set.of(), WEB, Set.of()));

    assertThat(order.after().get(CRD)).containsExactly(CUSTOM);
  }

  @Test
  void prunesCirclesInAnyOrder() {
    PruneOrder order = PruneOrder.of(Map.of(WEB, Set.of(CONFIG), CONFIG, Set.of(WEB)));

    assertThat(order.after().values()).allMatch(Set::isEmpty);
  }
}
