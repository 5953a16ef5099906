package io.mooring.apply.status;

/**
 * How a live object stands against its own specification; names as in kstatus
 * (kubernetes-sigs/cli-utils).
 */
public enum Health {
  /** The object is as its specification says. */
  CURRENT,
  /** A controller is still working on it. */
  IN_PROGRESS,
  /** It did not get there and will not without a person. */
  FAILED,
  /** It is being deleted. */
  TERMINATING,
  /** It is not in the cluster. */
  NOT_FOUND
}
