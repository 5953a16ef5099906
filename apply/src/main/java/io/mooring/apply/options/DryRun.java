package io.mooring.apply.options;

/** Whether and where changes are only tried. */
public enum DryRun {
  /** Changes are made. */
  NONE,
  /** Nothing is sent: the plan comes from what the cluster holds now. */
  CLIENT,
  /** Every change is sent with {@code dryRun=All}: the server checks it and stores nothing. */
  SERVER
}
