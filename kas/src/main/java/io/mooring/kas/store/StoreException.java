package io.mooring.kas.store;

import java.io.Serial;

/**
 * The store did not do what it was asked: it is unreachable, too slow, full, or holds something
 * else there.
 */
public final class StoreException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * Says what failed.
   *
   * @param message safe to show; holds no keys and no values
   */
  public StoreException(String message) {
    super(message);
  }

  /**
   * Says what failed.
   *
   * @param message safe to show; holds no keys and no values
   */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
