package io.mooring.gitaly.hooks;

import java.util.List;

/**
 * Asks before references change, and tells afterwards. Every push and every commit made by an RPC
 * passes here.
 */
public interface PushHooks extends AutoCloseable {
  /** What was said to a push. */
  sealed interface Answer {}

  /**
   * It may happen. Exactly one of {@link PushHooks#report} and nothing (when the process dies)
   * follows.
   *
   * @param notice under which it will be reported
   */
  record Allowed(Notice notice) implements Answer {}

  /**
   * It may not happen.
   *
   * @param message for the person who pushes
   */
  record Refused(String message) implements Answer {}

  /** Asks whether a push may happen. Waits for GitLab, with a limit. */
  Answer ask(Push push);

  /**
   * Tells what happened to an allowed push. Never fails: what cannot be told now is told later.
   *
   * @param notice of the answer
   * @param done the changes that were made; none when the push failed after all
   * @return lines for the person who pushes
   */
  List<String> report(Notice notice, List<RefChange> done);

  /** Ends the background work. What was not told yet stays on disk. */
  @Override
  void close();

  /** Allows everything and tells nobody: for a server without a GitLab. */
  static PushHooks off() {
    return new PushHooks() {
      @Override
      public Answer ask(Push push) {
        return new Allowed(Notice.none());
      }

      @Override
      public List<String> report(Notice notice, List<RefChange> done) {
        return List.of();
      }

      @Override
      public void close() {}
    };
  }
}
