package io.mooring.apply.watch;

import io.mooring.apply.cluster.ApiException;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.cluster.RestMapping;
import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds the managed object that another one belongs to, up the chain of its controllers: a Pod's
 * ReplicaSet's Deployment. Answers are remembered, and questions to the server are limited, since
 * foreign objects may warn without end.
 */
public final class Owners {
  /** Pod, Job, CronJob is the longest chain the server itself makes. */
  private static final int MAX_HOPS = 3;

  private static final int MAX_REMEMBERED = 2_000;
  private static final int QUESTIONS_PER_PERIOD = 50;
  private static final Duration PERIOD = Duration.ofSeconds(10);

  private final KubernetesApi api;
  private final RestMapping mapping;
  private final Predicate<ObjectRef> isManaged;
  private final InstantSource clock;
  private final Recent<String, Optional<ObjectRef>> known = new Recent<>(MAX_REMEMBERED);
  private Instant periodEnd = Instant.EPOCH;
  private int questions;

  /** Asks the server through the given API. */
  public Owners(KubernetesApi api, Predicate<ObjectRef> isManaged, InstantSource clock) {
    this.api = api;
    this.mapping = new RestMapping(api);
    this.isManaged = isManaged;
    this.clock = clock;
  }

  /** The object that an {@code apiVersion} and the rest name. */
  static ObjectRef ref(String apiVersion, String kind, String namespace, String name) {
    int slash = apiVersion.indexOf('/');
    return new ObjectRef(slash < 0 ? "" : apiVersion.substring(0, slash), kind, namespace, name);
  }

  /**
   * The managed object that an object is, or belongs to.
   *
   * @param uid of the object, under which the answer is remembered
   */
  synchronized Optional<ObjectRef> managed(ObjectRef ref, String apiVersion, String uid) {
    if (isManaged.test(ref)) {
      return Optional.of(ref);
    }
    Optional<Optional<ObjectRef>> answer = known.get(uid);
    if (answer.isPresent()) {
      return answer.get().filter(isManaged);
    }
    if (!mayAsk()) {
      return Optional.empty(); // not remembered: the next of its Events may ask
    }
    try {
      Optional<ObjectRef> owner = ask(ref, apiVersion);
      known.put(uid, owner);
      return owner;
    } catch (ApiException e) {
      return Optional.empty(); // the next of its Events asks again
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private Optional<ObjectRef> ask(ObjectRef start, String startVersion)
      throws ApiException, InterruptedException {
    ObjectRef ref = start;
    String apiVersion = startVersion;
    for (int hop = 0; hop < MAX_HOPS; hop++) {
      String version = apiVersion.substring(apiVersion.indexOf('/') + 1);
      Optional<ResourceType> type =
          version.isEmpty() ? Optional.empty() : mapping.find(ref.group(), version, ref.kind());
      Optional<JsonObject> controller =
          type.isEmpty()
              ? Optional.empty()
              : api.find(type.get().path(ref)).flatMap(Owners::controller);
      if (controller.isEmpty()) {
        return Optional.empty();
      }
      apiVersion = controller.get().text("apiVersion");
      ref =
          ref(
              apiVersion,
              controller.get().text("kind"),
              ref.namespace(),
              controller.get().text("name"));
      if (isManaged.test(ref)) {
        return Optional.of(ref);
      }
    }
    return Optional.empty();
  }

  private static Optional<JsonObject> controller(JsonObject live) {
    return live.objects("metadata", "ownerReferences").stream()
        .filter(owner -> owner.isTrue("controller"))
        .filter(owner -> !owner.text("kind").isEmpty() && !owner.text("name").isEmpty())
        .findFirst();
  }

  private boolean mayAsk() {
    Instant now = clock.instant();
    if (!now.isBefore(periodEnd)) {
      periodEnd = now.plus(PERIOD);
      questions = 0;
    }
    return ++questions <= QUESTIONS_PER_PERIOD;
  }
}
