package io.mooring.kas.notifications;

import io.mooring.wire.event.Project;
import java.util.Set;
import java.util.function.Consumer;

/** Git pushes that any replica was told of. */
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

  /**
   * The same for several projects; the callback is told which one was pushed to.
   *
   * @param projectPaths full paths, compared exactly
   */
  Subscription subscribe(Set<String> projectPaths, Consumer<Project> onPush);

  /** Ends the calls when closed. Closing twice is harmless. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
