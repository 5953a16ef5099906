package io.mooring.gitlab.proxyuser;

import io.mooring.gitlab.agent.UserAccess;
import io.mooring.gitlab.ceiling.Ceiling;
import java.util.Optional;

/** Whether an agent lets a person into its cluster. */
public sealed interface Verdict {

  /**
   * It does.
   *
   * @param asUser whether the cluster sees the person; else it sees the agent
   * @param memberships what gives the person access, within the ceiling
   * @param ceiling what no request may exceed, if there is one
   */
  record Allowed(boolean asUser, UserAccess.Memberships memberships, Optional<Ceiling> ceiling)
      implements Verdict {}

  /** It does not. */
  record Refused(Reason reason) implements Verdict {}

  /** Why it does not. The texts are GitLab's (gitlab-side.md 1.11), but for the ceiling's. */
  enum Reason {
    NO_KEYWORD("`user_access` keyword is not found in agent config file."),
    NO_IDENTITY("`access_as` is not found under the `user_access` keyword."),
    SEVERAL_IDENTITIES("`access_as` must exist only once under the `user_access` keyword."),
    NO_MEMBER("You must be a member of `projects` or `groups` under the `user_access` keyword."),
    BEYOND_CEILING(
        "None of your projects and groups under the `user_access` keyword is within the ceiling of this agent.");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** For people and for kas's log. */
    public String text() {
      return text;
    }
  }
}
