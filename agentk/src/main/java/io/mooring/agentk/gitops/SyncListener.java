package io.mooring.agentk.gitops;

import io.mooring.apply.report.ObjectState;
import io.mooring.apply.report.SyncResult;
import io.mooring.apply.report.WarningEvent;
import java.util.List;

/** Hears what engines do, under the full path of their project. Must not block. */
public interface SyncListener {
  /** The first cycle over a commit begins. */
  default void syncStarted(String project, String commitId) {}

  /** A cycle ended. */
  default void syncFinished(String project, SyncResult result) {}

  /**
   * A newer commit than {@code commitId} cannot be had, for a reason that its author can mend; what
   * is applied stays.
   */
  default void sourceRefused(String project, String commitId, String error) {}

  /** {@code commitId} is the newest commit that kas has; nothing is refused (any more). */
  default void sourceDelivered(String project, String commitId) {}

  /** States of objects changed; {@code reset} voids all earlier ones. */
  default void objectStates(
      String project, String commitId, boolean reset, List<ObjectState> states) {}

  /** The cluster warns about an object. */
  default void warningEvent(String project, WarningEvent event) {}
}
