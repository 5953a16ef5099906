package io.mooring.apply.report;

/** What the last cycle did with an object. */
public enum Action {
  /** Nothing yet: a cycle is under way. */
  PENDING,
  /** It was not in the cluster and is now. */
  CREATED,
  /** It was written, because the manifest or the cluster had changed. */
  CONFIGURED,
  /** It was as the manifest says and was not written. */
  UNCHANGED,
  /**
   * It left the inventory, because no manifest names it any more: deleted, or given up as the
   * message says. Receivers forget it.
   */
  PRUNED,
  /** It was left alone on purpose; the message says why. */
  SKIPPED,
  /** The server or a policy refused it; the message says why. */
  APPLY_FAILED
}
