package io.mooring.apply.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.apply.object.ObjectRef;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

class InventoryKeyProperties {

  @Example
  @Tag("wire-90")
  void writesKeysAsCliUtilsDoes() {
    assertThat(InventoryKey.encode(new ObjectRef("apps", "Deployment", "shop", "web")))
        .contains("shop_web_apps_Deployment");
    assertThat(InventoryKey.encode(new ObjectRef("", "Namespace", "", "shop")))
        .contains("_shop__Namespace");
    assertThat(InventoryKey.encode(new ObjectRef("", "ConfigMap", "shop", "a.b-c")))
        .contains("shop_a.b-c__ConfigMap");
    assertThat(
            InventoryKey.encode(
                new ObjectRef("rbac.authorization.k8s.io", "ClusterRole", "", "system:node:x")))
        .contains("_system__node__x_rbac.authorization.k8s.io_ClusterRole");
  }

  @Example
  @Tag("wire-90")
  void readsKeysThatCliUtilsWrote() {
    assertThat(InventoryKey.decode("_system__node_rbac.authorization.k8s.io_ClusterRole"))
        .contains(new ObjectRef("rbac.authorization.k8s.io", "ClusterRole", "", "system:node"));
    assertThat(InventoryKey.decode("_shop__Namespace"))
        .contains(new ObjectRef("", "Namespace", "", "shop"));
    assertThat(InventoryKey.decode("nonsense")).isEmpty();
    assertThat(InventoryKey.decode("a_b_c")).isEmpty();
    assertThat(InventoryKey.decode("a_b_c_d_e")).isEmpty();
    assertThat(InventoryKey.decode("___")).isEmpty();
  }

  @Example
  void refusesWhatDoesNotFitAConfigMap() {
    assertThat(InventoryKey.encode(new ObjectRef("g", "K", "n", "a_b"))).isEmpty();
    assertThat(InventoryKey.encode(new ObjectRef("g", "K", "n", "a:b"))).isEmpty();
    assertThat(InventoryKey.encode(new ObjectRef("g", "K", "n", "a".repeat(253)))).isEmpty();
    assertThat(InventoryKey.encode(new ObjectRef("g", "K", "n", "é"))).isEmpty();
  }

  @Property
  void whatIsWrittenIsReadBack(@ForAll("refs") ObjectRef ref) {
    Optional<String> key = InventoryKey.encode(ref);

    assertThat(key).isPresent();
    assertThat(InventoryKey.decode(key.get())).contains(ref);
  }

  @Property
  void whatIsReadIsWrittenBack(@ForAll("keys") String key) {
    Optional<ObjectRef> ref = InventoryKey.decode(key);

    // Only RBAC objects have colons; a key that says otherwise is read, but never written.
    ref.flatMap(InventoryKey::encode).ifPresent(again -> assertThat(again).isEqualTo(key));
  }

  @Provide
  Arbitrary<ObjectRef> refs() {
    Arbitrary<String> name =
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .withChars("-.0")
            .ofMinLength(1)
            .ofMaxLength(30);
    Arbitrary<String> group =
        Arbitraries.of("", "apps", "example.com", "rbac.authorization.k8s.io");
    Arbitrary<String> namespace = Arbitraries.of("", "shop", "a-b");
    return Combinators.combine(
            group, Arbitraries.of("ConfigMap", "Deployment", "ClusterRole"), namespace, name)
        .as(ObjectRef::new);
  }

  @Provide
  Arbitrary<String> keys() {
    return Arbitraries.strings().withChars("ab_.-").ofMaxLength(20);
  }
}
