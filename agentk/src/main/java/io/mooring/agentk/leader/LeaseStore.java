package io.mooring.agentk.leader;

import com.google.gson.JsonObject;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.kubernetes.ClusterException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The Lease on the API server. One thread. */
final class LeaseStore {
  /** Two tries fit the time in which a leader has to renew. */
  private static final Duration BOUND = Duration.ofSeconds(4);

  private final Cluster cluster;
  private final String namespace;
  private final String name;

  LeaseStore(Cluster cluster, String namespace, String name) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.name = name;
  }

  String name() {
    return name;
  }

  /** One that nobody holds and that is not on the server yet. */
  Lease fresh() {
    return Lease.create(namespace, name);
  }

  Optional<Lease> read() throws ClusterException, InterruptedException {
    JsonObject object = cluster.read(collection() + "/" + name, BOUND);
    return object.isEmpty() ? Optional.empty() : Optional.of(new Lease(object));
  }

  /** False when somebody else was faster. */
  boolean create(Lease lease) throws ClusterException, InterruptedException {
    return cluster.create(collection(), lease.object(), BOUND) == Cluster.Written.STORED;
  }

  /** False when it changed since it was read. */
  boolean replace(Lease lease) throws ClusterException, InterruptedException {
    return cluster.replace(collection() + "/" + name, lease.object(), BOUND)
        == Cluster.Written.STORED;
  }

  /** Tells the cluster in an Event who leads now; a courtesy that needs a permission of its own. */
  void announce(String identity, Instant now) throws ClusterException, InterruptedException {
    var metadata = new JsonObject();
    metadata.addProperty("name", name + "." + Long.toHexString(now.toEpochMilli() * 1_000_000));
    metadata.addProperty("namespace", namespace);
    var involved = new JsonObject();
    involved.addProperty("apiVersion", "coordination.k8s.io/v1");
    involved.addProperty("kind", "Lease");
    involved.addProperty("namespace", namespace);
    involved.addProperty("name", name);
    var source = new JsonObject();
    source.addProperty("component", "gitlab-agent");
    var event = new JsonObject();
    event.addProperty("apiVersion", "v1");
    event.addProperty("kind", "Event");
    event.add("metadata", metadata);
    event.add("involvedObject", involved);
    event.add("source", source);
    event.addProperty("type", "Normal");
    event.addProperty("reason", "LeaderElection");
    event.addProperty("message", identity + " became leader");
    event.addProperty("count", 1);
    event.addProperty(
        "firstTimestamp", now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
    event.addProperty(
        "lastTimestamp", now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
    var _ = cluster.create("/api/v1/namespaces/" + namespace + "/events", event, BOUND);
  }

  private String collection() {
    return "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases";
  }
}
