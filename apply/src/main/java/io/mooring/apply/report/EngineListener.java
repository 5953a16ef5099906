package io.mooring.apply.report;

import java.util.List;

/**
 * Hears what an engine does. All calls come from one thread of the engine, in order; a slow
 * listener delays later calls (states are merged meanwhile), never the work on the cluster. What a
 * listener throws is logged and otherwise ignored.
 */
public interface EngineListener {
  /**
   * The first cycle over a batch begins. Later cycles over the same batch do not announce
   * themselves.
   */
  void syncStarted(long projectId, String commitId);

  /** The first cycle over a batch ended, or a later one ended differently from the one before. */
  void syncFinished(SyncResult result);

  /**
   * States that changed since the last call.
   *
   * @param reset whether {@code states} is everything there is and earlier states are void
   */
  void objectStates(long projectId, String commitId, boolean reset, List<ObjectState> states);

  /** The cluster warns about something that is managed here. */
  void warningEvent(long projectId, WarningEvent event);
}
