package io.mooring.gitlab.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * An agent at a glance.
 *
 * @param id number of the agent
 * @param name unique in the project
 * @param projectId number of its configuration project
 * @param projectPath full path of its configuration project
 * @param lastContact the newest use of a token that may still be used
 * @param activeTokens tokens that may be used
 * @param configuration what became of its file; empty when it never reported
 * @param configurationProblems problems in that file
 * @param deployments manifest projects it reported about
 * @param failing those whose last cycle failed or was halted, or whose newest commit is refused
 * @param running those whose cycle runs
 * @param commitId the commit of the newest cycle
 * @param syncedAt when the newest cycle ended
 * @param objects objects in the cluster
 * @param unhealthy those that are not well
 * @param changing those on their way
 * @param lostAt when an alert was raised that it went away; empty unless that alert is open
 */
public record AgentSummary(
    long id,
    String name,
    long projectId,
    String projectPath,
    Optional<Instant> lastContact,
    int activeTokens,
    Optional<String> configuration,
    int configurationProblems,
    int deployments,
    int failing,
    int running,
    Optional<String> commitId,
    Optional<Instant> syncedAt,
    int objects,
    int unhealthy,
    int changing,
    Optional<Instant> lostAt) {
  /** kas asks about a token every 5 minutes; longer is one call missed (gitlab-side.md 4.3). */
  public static final Duration CONNECTED = Duration.ofMinutes(8);

  /** Whether an agent is there (gitlab-side.md 5.2). */
  public enum Contact {
    NEVER,
    AWAY,
    CONNECTED
  }

  /** Whether it is there at this time. */
  public Contact contact(Instant now) {
    return lastContact
        .map(last -> last.plus(CONNECTED).isAfter(now) ? Contact.CONNECTED : Contact.AWAY)
        .orElse(Contact.NEVER);
  }

  /** Whether somebody should look at it. */
  public boolean needsAttention(Instant now) {
    return lostAt.isPresent()
        || contact(now) == Contact.AWAY
        || configuration.filter("rejected"::equals).isPresent()
        || failing > 0
        || unhealthy > 0;
  }
}
