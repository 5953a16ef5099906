package io.mooring.gitlab.broadcast;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What messages are published to and subscribed by. Names are those of Rails (gitlab-side.md 6.5):
 * the channel's name and the global id of what it is about, so that a Rails application on the same
 * Redis hears ours and is heard.
 *
 * @param name without the prefix that applications on one Redis differ by
 */
public record Stream(String name) {
  /** Somebody's rights changed: {@code {"user_id":N}}, or {@code {}} for anybody's. */
  public static final Stream RIGHTS = new Stream("_mooring_rights");

  /** What changes the list of agents of a project. */
  public static Stream ofAgents(long projectId) {
    return new Stream("agents:" + parameter("Project", projectId));
  }

  /** Everything about one agent. */
  public static Stream ofAgent(long agentId) {
    return new Stream("agent:" + parameter("Clusters::Agent", agentId));
  }

  /** What happens in the repository of a project. */
  public static Stream ofProject(long projectId) {
    return new Stream("project:" + parameter("Project", projectId));
  }

  /** Where Rails sends {@code {"type":"disconnect"}} to end all connections of a user. */
  public static Stream ofConnections(long userId) {
    return new Stream("action_cable/" + parameter("User", userId));
  }

  private static String parameter(String type, long id) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(("gid://gitlab/" + type + "/" + id).getBytes(StandardCharsets.UTF_8));
  }
}
