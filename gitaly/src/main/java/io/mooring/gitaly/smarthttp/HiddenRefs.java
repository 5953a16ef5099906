package io.mooring.gitaly.smarthttp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.transport.RefFilter;

/**
 * References that are GitLab's own business and are not shown (gitlab-side.md 8.4, hidden refs).
 */
enum HiddenRefs implements RefFilter {
  /** Hidden from who fetches. */
  UPLOAD_PACK("refs/keep-around/", "refs/remotes/", "refs/tmp/"),
  /** Hidden from who pushes, who may not change them either. */
  RECEIVE_PACK(
      "refs/keep-around/",
      "refs/remotes/",
      "refs/tmp/",
      "refs/environments/",
      "refs/merge-requests/",
      "refs/pipelines/");

  @SuppressWarnings(
      "ImmutableEnumChecker") // List.of is immutable; the declared type does not say so.
  private final List<String> prefixes;

  HiddenRefs(String... prefixes) {
    this.prefixes = List.of(prefixes);
  }

  boolean hides(String name) {
    for (String prefix : prefixes) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Map<String, Ref> filter(Map<String, Ref> refs) {
    var hidden = new ArrayList<String>();
    for (String name : refs.keySet()) {
      if (hides(name)) {
        hidden.add(name);
      }
    }
    if (hidden.isEmpty()) {
      return refs;
    }
    var shown = new HashMap<>(refs);
    hidden.forEach(shown::remove);
    return shown;
  }
}
