package io.mooring.kas.access;

import java.util.OptionalLong;

/**
 * Who GitLab says the caller is.
 *
 * @param kind what it proved that with
 * @param userId the person, for a CI job the one that started it
 * @param username of that person
 * @param jobId the CI job
 * @param projectId the project of the CI job
 */
public record Caller(
    Kind kind, long userId, String username, OptionalLong jobId, OptionalLong projectId) {

  /** Kinds of credentials. */
  public enum Kind {
    /** The token of a CI job. */
    CI_JOB("ci_job"),
    /** A token that a person made. */
    PERSONAL_ACCESS_TOKEN("personal_access_token"),
    /** A browser that is signed in at GitLab. */
    SESSION_COOKIE("session_cookie");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** How GitLab and audit write it. */
    public String word() {
      return word;
    }
  }
}
