package io.mooring.apply.status;

/**
 * The state of a live object.
 *
 * @param message why, for people; empty when there is nothing to add
 */
public record Status(Health health, String message) {
  /**
   * A condition's text may be a whole stack trace; this much of it fits a report of 500 objects.
   */
  static final int MAX_MESSAGE = 1_000;

  /** As specified. */
  public static final Status CURRENT = new Status(Health.CURRENT, "");

  /** Not in the cluster. */
  public static final Status NOT_FOUND = new Status(Health.NOT_FOUND, "");

  public Status {
    if (message.length() > MAX_MESSAGE) {
      message = message.substring(0, MAX_MESSAGE) + "...";
    }
  }

  static Status inProgress(String message) {
    return new Status(Health.IN_PROGRESS, message);
  }

  static Status failed(String message) {
    return new Status(Health.FAILED, message);
  }
}
