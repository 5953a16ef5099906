package io.mooring.kas.access;

import io.grpc.StatusException;
import io.mooring.kas.gitlab.GitLabApi;
import io.mooring.kas.gitlab.GitLabException;
import io.mooring.kas.gitlab.LookupCache;
import io.mooring.kas.ratelimit.RefusalLimit;
import io.mooring.kas.store.ExpiringValues;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Access as GitLab grants it (kubernetes-api.md 5). Good answers are remembered in memory, refusals
 * in the store. Closing it ends the looks at running requests.
 */
public final class Authorizations implements Access, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Authorizations.class);

  /**
   * Credentials refused in a minute for one address. Behind a load balancer that is everybody's:
   * more than what goes wrong by itself there, and a third of the calls that kas allows itself.
   */
  static final int MAX_REFUSALS = 1_000;

  private static final Denied STOPPING = new Denied(503, "kas is shutting down");
  private static final Denied TOO_MANY =
      new Denied(
          429, "Too many requests: too many wrong credentials from this address, try again later");

  private final GitLabAnswers answers;
  private final RefusalLimit refusals;
  private final RunningRequests running;

  /**
   * Over one API and one store.
   *
   * @param rules {@code allowed_agent_cache_ttl} and {@code allowed_agent_cache_error_ttl}
   * @param threads makes a virtual thread for each task
   */
  public Authorizations(
      GitLabApi api,
      ExpiringValues errors,
      LookupCache.Rules rules,
      ExecutorService threads,
      InstantSource clock) {
    answers = new GitLabAnswers(api, errors, rules, threads, clock);
    refusals = new RefusalLimit(clock, MAX_REFUSALS);
    running =
        new RunningRequests(
            credential -> decide(credential, Optional.empty(), true), answers, rules.ttl(), clock);
  }

  @Override
  public Optional<Decision> known(Credential credential) {
    return answers.known(credential);
  }

  @Override
  public Decision decide(Credential credential, String clientAddress) {
    Optional<Decision> known = answers.known(credential);
    if (known.isPresent()) {
      return known.get();
    }
    return refusals.allows(clientAddress)
        ? decide(credential, Optional.of(clientAddress), false)
        : TOO_MANY;
  }

  @Override
  public Watch watch(Credential credential, Granted granted, Consumer<Denied> onDenied) {
    return running.add(credential, granted, onDenied);
  }

  /** One look at what runs, for tests. */
  void lookAtRunningRequests() throws InterruptedException {
    running.look();
  }

  private Decision decide(Credential credential, Optional<String> address, boolean anew) {
    try {
      return answers.ask(credential, anew);
    } catch (GitLabException e) {
      if (e.isRefusal() && !e.isRemembered()) {
        address.ifPresent(refusals::refused);
        log.atDebug()
            .addKeyValue("agent_id", credential.agentId())
            .addKeyValue("status_code", e.status())
            .setCause(e)
            .log("GitLab refuses a caller of the Kubernetes API");
      } else if (!e.isRefusal()) {
        log.atError()
            .addKeyValue("agent_id", credential.agentId())
            .setCause(e)
            .log("GitLab gave no usable answer about a caller of the Kubernetes API");
      }
      return denied(credential, e.status(), e.shown());
    } catch (StatusException e) {
      log.atError()
          .addKeyValue("agent_id", credential.agentId())
          .setCause(e)
          .log("GitLab could not be asked about a caller of the Kubernetes API");
      return denied(credential, 0, String.valueOf(e.getStatus().getDescription()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return STOPPING;
    }
  }

  private static Denied denied(Credential credential, int status, String error) {
    return switch (credential) {
      case Credential.JobToken job -> deniedJob(status, error);
      case Credential.PersonalAccessToken pat -> deniedPerson(status);
      case Credential.SessionCookie cookie -> deniedPerson(status);
    };
  }

  private static Denied deniedJob(int status, String error) {
    return switch (status) {
      case 401 -> new Denied(401, "Unauthorized: CI job token: " + error);
      case 403 -> new Denied(403, "Forbidden: CI job token: " + error);
      case 404 -> new Denied(404, "Not found: agents for CI job token: " + error);
      default -> new Denied(500, "Failed to get allowed agents for CI job token: " + error);
    };
  }

  /** Nothing is told about why: who asks may not even know that the agent exists. */
  private static Denied deniedPerson(int status) {
    return status == 401 || status == 403 || status == 404
        ? new Denied(401, "Unauthorized")
        : new Denied(500, "Failed to authorize user session");
  }

  @Override
  public void close() {
    running.close();
  }
}
