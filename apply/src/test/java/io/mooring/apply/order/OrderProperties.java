package io.mooring.apply.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.apply.object.ObjectRef;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class OrderProperties {

  @Property
  void everyObjectIsAppliedOnceOrRefusedAndNobodyWaitsForEver(
      @ForAll("graphs") Map<ObjectRef, Set<ObjectRef>> graph) {
    ApplyOrder order = ApplyOrder.of(graph);

    Set<ObjectRef> done = new HashSet<>();
    order.tiers().values().forEach(done::addAll);
    Set<ObjectRef> skipped = new HashSet<>(order.refused().keySet());
    Map<ObjectRef, Set<ObjectRef>> waiting = new LinkedHashMap<>(order.waiting());
    boolean moved = true;
    while (moved) {
      moved =
          waiting
              .entrySet()
              .removeIf(entry -> {
                boolean hopeless = entry.getValue().stream().anyMatch(skipped::contains);
                boolean ready = done.containsAll(entry.getValue());
                if (hopeless) {
                  skipped.add(entry.getKey());
                } else if (ready) {
                  done.add(entry.getKey());
                }
                return hopeless || ready;
              });
    }
    assertThat(waiting).isEmpty();
    assertThat(java.util.Collections.disjoint(done, skipped)).isTrue();
    assertThat(done.size() + skipped.size()).isEqualTo(graph.size());
  }

  @Property
  void everyObjectIsPrunedAndNoneBeforeThoseThatNeedIt(
      @ForAll("graphs") Map<ObjectRef, Set<ObjectRef>> graph) {
    Map<ObjectRef, Set<ObjectRef>> after = PruneOrder.of(graph).after();

    Set<ObjectRef> gone = new HashSet<>();
    Optional<ObjectRef> next = next(after, gone);
    while (next.isPresent()) {
      gone.add(next.get());
      next = next(after, gone);
    }
    assertThat(gone).isEqualTo(graph.keySet());
  }

  private static Optional<ObjectRef> next(
      Map<ObjectRef, Set<ObjectRef>> after, Set<ObjectRef> gone) {
    return after.entrySet().stream()
        .filter(entry -> !gone.contains(entry.getKey()) && gone.containsAll(entry.getValue()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  @Provide
  Arbitrary<Map<ObjectRef, Set<ObjectRef>>> graphs() {
    List<ObjectRef> refs =
        java.util.stream.IntStream.range(0, 12)
            .mapToObj(
                i -> new ObjectRef("", i % 4 == 0 ? "Secret" : "ConfigMap", "n" + i % 2, "o" + i))
            .toList();
    return Arbitraries.maps(Arbitraries.of(refs), Arbitraries.of(refs).set().ofMaxSize(2))
        .ofMaxSize(12);
  }
}
