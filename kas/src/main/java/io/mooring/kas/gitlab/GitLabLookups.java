package io.mooring.kas.gitlab;

import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.kas.config.AgentSettings;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.kas.identity.AgentLookup;
import io.mooring.kas.identity.AgentToken;
import io.mooring.kas.identity.Peer;
import io.mooring.kas.ratelimit.RefusalLimit;
import io.mooring.kas.store.ExpiringValues;
import io.mooring.kas.store.Key;
import io.mooring.wire.gitlab.api.GetAgentInfoResponse;
import io.mooring.wire.gitlab.api.GetProjectInfoResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who an agent is and what it may read: GitLab's answers, remembered, as statuses of wire.md 3.1.
 */
public final class GitLabLookups implements AgentLookup, ProjectLookup, ProjectAccess {
  private static final Logger log = LoggerFactory.getLogger(GitLabLookups.class);

  /** Both answers of {@code verify_project_access} are believed this long (gitlab-api.md 2). */
  private static final Duration ACCESS_TTL = Duration.ofMinutes(5);

  private final LookupCache<AgentToken, AgentInfo> agents;
  private final LookupCache<ProjectQuestion, ProjectInfo> projects;
  private final LookupCache<ProjectQuestion, Boolean> access;
  private final RefusalLimit refusals;
  private final BiConsumer<AgentToken, Status> onRefusal;

  private record ProjectQuestion(AgentToken token, String path) {}

  /**
   * Over one API and one store.
   *
   * @param executor makes a virtual thread for each request
   * @param onRefusal told of each token that GitLab refuses
   */
  public GitLabLookups(
      GitLabApi api,
      ExpiringValues errors,
      AgentSettings settings,
      Executor executor,
      InstantSource clock,
      BiConsumer<AgentToken, Status> onRefusal) {
    this.onRefusal = onRefusal;
    this.refusals = new RefusalLimit(clock);
    this.agents =
        new LookupCache<>(
            new LookupCache.Rules(settings.infoCacheTtl(), settings.infoCacheErrorTtl()),
            token -> Key.named("agent_info_errs:").bytes(token.halfDigest()),
            token -> agentInfo(api.agentInfo(token.secret())),
            errors,
            executor,
            clock);
    this.projects =
        new LookupCache<>(
            new LookupCache.Rules(
                settings.gitops().projectInfoCacheTtl(),
                settings.gitops().projectInfoCacheErrorTtl()),
            question ->
                Key.named("project_info_errs:")
                    .bytes(question.token().halfDigest())
                    .text(":")
                    .text(question.path()),
            question -> projectInfo(api.projectInfo(question.token().secret(), question.path())),
            errors,
            executor,
            clock);
    this.access =
        new LookupCache<>(
            new LookupCache.Rules(ACCESS_TTL, ACCESS_TTL),
            question -> api.verifyProjectAccess(question.token().secret(), question.path()),
            executor,
            clock);
  }

  @Override
  public AgentInfo agent(AgentToken token) throws StatusException {
    String address = Peer.current().address();
    if (agents.known(token).isEmpty() && !refusals.allows(address)) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription("too many wrong tokens from this address, try again later")
          .asException();
    }
    try {
      return agents.get(token);
    } catch (GitLabException e) {
      if (e.isRefusal()) {
        refusals.refused(address);
      }
      throw refused(token, e);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  @Override
  public Optional<AgentInfo> known(AgentToken token) {
    return agents.known(token);
  }

  /**
   * The same as GitLab says it now, not as it said it some time ago; for looking whether a token is
   * still good.
   */
  public AgentInfo agentAnew(AgentToken token) throws StatusException {
    try {
      return agents.again(token);
    } catch (GitLabException e) {
      throw refused(token, e);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private StatusException refused(AgentToken token, GitLabException e) {
    StatusException status = status(e, "agent not found");
    if (e.isRefusal()) {
      onRefusal.accept(token, status.getStatus());
    }
    return status;
  }

  @Override
  public ProjectInfo project(AgentToken token, String projectPath) throws StatusException {
    try {
      return projects.get(new ProjectQuestion(token, projectPath));
    } catch (GitLabException e) {
      throw status(e, "project not found");
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  @Override
  public boolean mayRead(AgentToken token, String projectPath) throws StatusException {
    try {
      return access.get(new ProjectQuestion(token, projectPath));
    } catch (GitLabException e) {
      throw status(e, "project not found");
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static AgentInfo agentInfo(GetAgentInfoResponse answer) {
    return new AgentInfo(
        answer.getAgentId(),
        answer.getProjectId(),
        answer.getAgentName(),
        answer.getGitalyInfo(),
        answer.getGitalyRepository(),
        answer.getDefaultBranch());
  }

  private static ProjectInfo projectInfo(GetProjectInfoResponse answer) {
    return new ProjectInfo(
        answer.getProjectId(),
        answer.getGitalyInfo(),
        answer.getGitalyRepository(),
        answer.getDefaultBranch());
  }

  private static StatusException status(GitLabException e, String notFound) {
    Status status =
        switch (e.status()) {
          case 401 -> Status.UNAUTHENTICATED.withDescription("unauthenticated");
          case 403 -> Status.PERMISSION_DENIED.withDescription("forbidden");
          case 404 -> Status.NOT_FOUND.withDescription(notFound);
          default -> Status.UNAVAILABLE.withDescription("unavailable");
        };
    if (status.getCode() == Status.Code.UNAVAILABLE) {
      log.atError().setCause(e).log("GitLab gave no usable answer");
    }
    return status.withCause(e).asException();
  }

  private static StatusException interrupted() {
    Thread.currentThread().interrupt();
    return Status.UNAVAILABLE.withDescription("kas is shutting down").asException();
  }
}
