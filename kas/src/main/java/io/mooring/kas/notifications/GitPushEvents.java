package io.mooring.kas.notifications;

/** Git pushes that any replica was told of. */
@FunctionalInterface
public interface GitPushEvents {
  /**
   * Calls {@code onPush} for every push to the project until the subscription is closed.
   *
   * <p>A notice may come twice, late or not at all: it only says that looking is worth it. The
   * callback runs on the thread that delivers to everybody, so it must return at once ({@link
   * io.mooring.kas.rpc.Wakeup#notice()} does).
   *
   * @param projectPath full path of the project, compared exactly
   */
  Subscription subscribe(String projectPath, Runnable onPush);

  /** Ends the calls when closed. Closing twice is harmless. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
