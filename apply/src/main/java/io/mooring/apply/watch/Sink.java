package io.mooring.apply.watch;

import io.mooring.apply.object.JsonObject;
import java.util.Set;

/** Takes what a watch sees; called by the watch's thread. */
public interface Sink {
  /** An object is there: listed, new or changed. Items of lists carry no kind. */
  void present(JsonObject object);

  /** An object is gone, or no longer matches what is watched for. */
  void absent(JsonObject lastSeen);

  /**
   * A list is complete.
   *
   * @param names {@code namespace/name} of every object in it; what else was seen before is gone
   */
  void listed(Set<String> names);
}
