package io.mooring.apply.report;

/** How a cycle ended. */
public enum Outcome {
  /** Everything is as the manifests say. */
  SUCCEEDED,
  /** Something could not be read, applied or pruned; the engine tries again with back-off. */
  FAILED,
  /** Applied, but a guard held the prune back: a person has to decide. */
  HALTED
}
