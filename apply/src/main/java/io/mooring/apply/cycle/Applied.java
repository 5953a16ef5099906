package io.mooring.apply.cycle;

import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.report.Action;

/**
 * What became of one apply.
 *
 * @param message why, when it failed or was left out
 * @param refused whether the object is certainly not ours: the server or a policy said no
 */
record Applied(ObjectRef ref, Action action, String message, boolean refused) {
  static Applied done(ObjectRef ref, Action action) {
    return new Applied(ref, action, "", false);
  }

  boolean isFailure() {
    return action == Action.APPLY_FAILED;
  }
}
