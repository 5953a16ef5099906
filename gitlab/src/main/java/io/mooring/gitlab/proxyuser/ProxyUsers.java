package io.mooring.gitlab.proxyuser;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.UserAccess;
import io.mooring.gitlab.ceiling.Ceiling;
import io.mooring.gitlab.ceiling.Ceilings;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.proxyuser.Verdict.Allowed;
import io.mooring.gitlab.proxyuser.Verdict.Reason;
import io.mooring.gitlab.proxyuser.Verdict.Refused;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Judges whether a person may use a cluster through an agent. The order of the checks is GitLab's
 * (gitlab-side.md 1.11). Thread-safe.
 */
@Component
public class ProxyUsers {
  private final UserAccess access;
  private final Ceilings ceilings;

  ProxyUsers(UserAccess access, Ceilings ceilings) {
    this.access = access;
    this.ceilings = ceilings;
  }

  /** The verdict on one person, as things stand now. */
  public Verdict judge(Agent agent, User user) {
    Optional<JsonNode> configuration = access.configuration(agent);
    if (configuration.isEmpty()) {
      return new Refused(Reason.NO_KEYWORD);
    }
    JsonNode accessAs = configuration.get().path("access_as");
    if (!accessAs.isObject() || accessAs.isEmpty()) {
      return new Refused(Reason.NO_IDENTITY);
    }
    if (accessAs.size() != 1) {
      return new Refused(Reason.SEVERAL_IDENTITIES);
    }
    UserAccess.Memberships memberships = access.memberships(agent, user);
    if (memberships.isEmpty()) {
      return new Refused(Reason.NO_MEMBER);
    }
    Optional<Ceiling> ceiling = ceilings.find(agent.id());
    UserAccess.Memberships left =
        ceiling.map(limits -> within(limits, agent, user)).orElse(memberships);
    if (left.isEmpty()) {
      return new Refused(Reason.BEYOND_CEILING);
    }
    return accessAs.has("agent") || accessAs.has("user")
        ? new Allowed(accessAs.has("user"), left, ceiling)
        : new Refused(Reason.NO_IDENTITY);
  }

  private UserAccess.Memberships within(Ceiling ceiling, Agent agent, User user) {
    return access.memberships(
        agent,
        user,
        project -> ceiling.admitsProject(project.id(), project.groupIds()),
        group -> ceiling.admitsGroup(group.traversalIds()));
  }
}
