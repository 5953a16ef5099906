package io.mooring.gitaly.hooks;

import java.util.List;
import java.util.Optional;

/**
 * A change of references that somebody asks for.
 *
 * @param user who asks
 * @param relativePath of the repository in its storage
 * @param protocol how it came in, as GitLab calls it: {@code http}, {@code ssh} or {@code web}
 * @param quarantine folder of objects that nobody else sees yet, below the repository
 * @param changes what shall change
 * @param options push options, as with {@code git push -o}
 */
public record Push(
    Pusher user,
    String relativePath,
    String protocol,
    Optional<String> quarantine,
    List<RefChange> changes,
    List<String> options) {
  /** Copies the lists. */
  public Push {
    changes = List.copyOf(changes);
    options = List.copyOf(options);
  }

  /**
   * Who pushes, and to which project; the texts are GitLab's.
   *
   * @param glId such as {@code user-7} or {@code key-3}
   * @param glUsername name to log in with; may be empty
   * @param glRepository such as {@code project-7}
   */
  public record Pusher(String glId, String glUsername, String glRepository) {}

  /** The changes in lines, as GitLab takes them. */
  String lines() {
    return lines(changes);
  }

  static String lines(List<RefChange> changes) {
    var text = new StringBuilder();
    for (RefChange change : changes) {
      text.append(change.line()).append('\n');
    }
    return text.toString();
  }
}
