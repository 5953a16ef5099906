package io.mooring.agentk.flux;

import io.mooring.agentk.worker.Timing;
import io.mooring.apply.cluster.ApiException;
import io.mooring.apply.cluster.Cancellation;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.cluster.Retry;
import io.mooring.apply.object.Json;
import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives every GitRepository of our GitLab a Secret and a Receiver. {@link #run} and {@link #retry}
 * are the work of one thread each.
 */
final class ReceiverKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(ReceiverKeeper.class);
  private static final String OPTIONS = "?fieldManager=agentk&force=true";

  private final KubernetesApi api;
  private final Retry requests;
  private final Cancellation cancellation;
  private final GitUrl gitlab;
  private final FluxObjects objects;
  private final RepositoryQueue queue;
  private final Timing timing;
  // UIDs of those that have no old Secret any more; of the thread of run alone.
  private final Set<String> tidied = new HashSet<>();

  ReceiverKeeper(
      KubernetesApi api,
      Cancellation cancellation,
      GitUrl gitlab,
      FluxObjects objects,
      RepositoryQueue queue,
      Timing timing) {
    this.api = api;
    this.requests = new Retry(timing.random());
    this.cancellation = cancellation;
    this.gitlab = gitlab;
    this.objects = objects;
    this.queue = queue;
    this.timing = timing;
  }

  /** Looks at what the queue gives until the thread is interrupted. */
  void run() throws InterruptedException {
    while (true) {
      Repository repository = queue.take();
      Optional<String> project =
          GitUrl.parse(repository.url().text()).flatMap(url -> url.projectIn(gitlab));
      if (project.isPresent() && !provide(repository, project.get())) {
        queue.failed(repository);
      }
    }
  }

  /** Has what failed looked at again, after a growing pause, until the thread is interrupted. */
  void retry() throws InterruptedException {
    var backoff = new Backoff(BackoffPolicy.STANDARD, timing.clock(), timing.random());
    while (true) {
      queue.awaitFailure();
      timing.pause().sleep(backoff.next());
      queue.retry();
    }
  }

  private boolean provide(Repository repository, String project) throws InterruptedException {
    ObjectRef secret =
        FluxObjects.SECRET.ref(repository.namespace(), ObjectNames.secret(repository.name()));
    ObjectRef receiver =
        FluxObjects.RECEIVER.ref(repository.namespace(), ObjectNames.receiver(repository.name()));
    boolean provided =
        apply(FluxObjects.SECRET, secret, objects.secret(repository), repository)
            && apply(
                FluxObjects.RECEIVER, receiver, objects.receiver(repository, project), repository)
            && tidy(repository);
    if (provided) {
      LOG.atDebug()
          .addKeyValue("namespaced_name", repository.key())
          .addKeyValue("project_id", project)
          .log("Flux waits for pushes to a repository");
    }
    return provided;
  }

  private boolean apply(ResourceType type, ObjectRef ref, JsonObject object, Repository repository)
      throws InterruptedException {
    try {
      var _ =
          requests.send(
              cancellation,
              () -> api.patch(type.path(ref) + OPTIONS, KubernetesApi.APPLY, Json.write(object)));
      return true;
    } catch (ApiException e) {
      LOG.atWarn()
          .addKeyValue("namespaced_name", repository.key())
          .addKeyValue("object_key", ref)
          .addKeyValue("error", e.textFor(ref))
          .log("Flux cannot be told of pushes to a repository, will try again");
      return false;
    }
  }

  /**
   * Deletes the Secret under its old name. That may be the name of another repository's new one, so
   * it has to be this repository's.
   */
  private boolean tidy(Repository repository) throws InterruptedException {
    if (tidied.contains(repository.uid())) {
      return true;
    }
    ObjectRef old =
        FluxObjects.SECRET.ref(repository.namespace(), ObjectNames.oldSecret(repository.name()));
    String path = FluxObjects.SECRET.path(old);
    try {
      Optional<JsonObject> found = requests.send(cancellation, () -> api.find(path));
      if (found.filter(secret -> isOurs(secret, repository)).isPresent()) {
        var _ = requests.send(cancellation, () -> api.delete(path, only(found.get())));
        LOG.atInfo()
            .addKeyValue("namespaced_name", repository.key())
            .addKeyValue("object_key", old)
            .log("Deleted a Secret that has another name today");
      }
    } catch (ApiException e) {
      if (!e.isNotFound()) {
        LOG.atWarn()
            .addKeyValue("namespaced_name", repository.key())
            .addKeyValue("object_key", old)
            .addKeyValue("error", e.textFor(old))
            .log("A Secret that is not needed any more cannot be deleted, will try again");
        return false;
      }
    }
    tidied.add(repository.uid());
    return true;
  }

  private boolean isOurs(JsonObject secret, Repository repository) {
    List<JsonObject> owners = secret.objects("metadata", "ownerReferences");
    return secret
            .text("metadata", "annotations", FluxObjects.AGENT_ID)
            .equals(Long.toString(objects.agentId()))
        && owners.stream().allMatch(owner -> owner.text("uid").equals(repository.uid()));
  }

  /** That very object, and not one made in its place meanwhile. */
  private static JsonObject only(JsonObject object) {
    return new JsonObject(
        Map.of(
            "apiVersion",
            "v1",
            "kind",
            "DeleteOptions",
            "preconditions",
            Map.of(
                "uid",
                object.text("metadata", "uid"),
                "resourceVersion",
                object.text("metadata", "resourceVersion"))));
  }
}
