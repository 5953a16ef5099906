package io.mooring.agentk.remotedevelopment;

import io.mooring.apply.object.JsonObject;
import io.mooring.apply.watch.Sink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The Deployments of all workspaces as they are. Filled by a watch; safe for any thread. */
final class Deployments implements Sink {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, JsonObject> known = new LinkedHashMap<>();

  @Override
  public void present(JsonObject object) {
    lock.lock();
    try {
      known.put(key(object), typed(object));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void absent(JsonObject lastSeen) {
    lock.lock();
    try {
      known.remove(key(lastSeen));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void listed(Set<String> names) {
    lock.lock();
    try {
      known.keySet().retainAll(names);
    } finally {
      lock.unlock();
    }
  }

  /** All of them. */
  List<JsonObject> all() {
    lock.lock();
    try {
      return new ArrayList<>(known.values());
    } finally {
      lock.unlock();
    }
  }

  /** The items of a list do not say what they are. */
  private static JsonObject typed(JsonObject object) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("apiVersion", "apps/v1");
    members.put("kind", "Deployment");
    members.putAll(object.members());
    return new JsonObject(members);
  }

  private static String key(JsonObject object) {
    return object.text("metadata", "namespace") + "/" + object.text("metadata", "name");
  }
}
