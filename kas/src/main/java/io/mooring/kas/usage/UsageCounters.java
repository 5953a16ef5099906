package io.mooring.kas.usage;

/**
 * Counts what GitLab wants to know of the use of kas (gitlab-api.md 5). Thread-safe, never blocks.
 */
public interface UsageCounters {
  /** Adds one to a counter. */
  void increment(String counter);

  /** Adds an id to a set of distinct ids. */
  void addUnique(String counter, long id);
}
