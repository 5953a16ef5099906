package io.mooring.kas.access;

import com.google.protobuf.ByteString;
import io.grpc.StatusException;
import io.mooring.kas.access.Credential.JobToken;
import io.mooring.kas.access.Credential.PersonalAccessToken;
import io.mooring.kas.access.Credential.SessionCookie;
import io.mooring.kas.gitlab.GitLabApi;
import io.mooring.kas.gitlab.GitLabException;
import io.mooring.kas.gitlab.LookupCache;
import io.mooring.kas.store.ExpiringValues;
import io.mooring.kas.store.Key;
import io.mooring.protocol.secret.Secret;
import io.mooring.wire.gitlab.api.AuthorizeProxyUserRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What GitLab says about credentials, remembered: jobs by their token, people by everything they
 * present. Thread-safe.
 */
final class GitLabAnswers {
  private static final int SEPARATOR = 11;

  private final LookupCache<Job, JobGrants> jobs;
  private final LookupCache<Credential, PersonGrant> people;

  /** A job's token; it stands for all agents the job may use. */
  private record Job(Secret token) {
    @Override
    public int hashCode() {
      return Digests.hash(token);
    }
  }

  GitLabAnswers(
      GitLabApi api,
      ExpiringValues errors,
      LookupCache.Rules rules,
      Executor executor,
      InstantSource clock) {
    jobs =
        new LookupCache<>(
            rules,
            job ->
                Key.named("allowed_agents_errs:")
                    .bytes(Digests.sha256(Digests.firstHalf(job.token()))),
            job -> {
              Instant now = clock.instant();
              return JobGrants.of(api.jobAgents(job.token()), now);
            },
            errors,
            executor,
            clock);
    people =
        new LookupCache<>(
            rules,
            GitLabAnswers::personKey,
            person -> {
              Instant now = clock.instant();
              return PersonGrant.of(person.kind(), api.personAccess(question(person)), now);
            },
            errors,
            executor,
            clock);
  }

  /** What is remembered. Never blocks. */
  Optional<Decision> known(Credential credential) {
    return switch (credential) {
      case JobToken job -> jobs.known(new Job(job.token())).map(it -> it.decision(job.agentId()));
      case PersonalAccessToken pat -> people.known(pat).map(PersonGrant::granted);
      case SessionCookie cookie -> people.known(cookie).map(PersonGrant::granted);
    };
  }

  /** When GitLab gave the answer that is remembered. */
  Optional<Instant> askedAt(Credential credential) {
    return switch (credential) {
      case JobToken job -> jobs.known(new Job(job.token())).map(JobGrants::askedAt);
      case PersonalAccessToken pat -> people.known(pat).map(PersonGrant::askedAt);
      case SessionCookie cookie -> people.known(cookie).map(PersonGrant::askedAt);
    };
  }

  /**
   * What GitLab says, or said a short while ago.
   *
   * @param anew whether a good answer that is remembered does not count
   */
  Decision ask(Credential credential, boolean anew)
      throws GitLabException, StatusException, InterruptedException {
    return switch (credential) {
      case JobToken job -> {
        Job key = new Job(job.token());
        yield (anew ? jobs.again(key) : jobs.get(key)).decision(job.agentId());
      }
      case PersonalAccessToken pat -> (anew ? people.again(pat) : people.get(pat)).granted();
      case SessionCookie cookie -> (anew ? people.again(cookie) : people.get(cookie)).granted();
    };
  }

  private static AuthorizeProxyUserRequest question(Credential person) {
    return AuthorizeProxyUserRequest.newBuilder()
        .setAgentId(person.agentId())
        .setAccessType(person.kind().word())
        .setAccessKey(accessKey(person).text())
        .setCsrfToken(csrfToken(person).text())
        .build();
  }

  /** redis-observability.md 1. */
  private static Key personKey(Credential person) {
    ByteString digested =
        ByteString.copyFrom(
                ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(person.agentId())
                    .array())
            .concat(ByteString.copyFrom(person.kind().word(), StandardCharsets.UTF_8))
            .concat(ByteString.copyFrom(new byte[] {SEPARATOR}))
            .concat(ByteString.copyFrom(Digests.firstHalf(accessKey(person))))
            .concat(ByteString.copyFrom(new byte[] {SEPARATOR}))
            .concat(ByteString.copyFrom(csrfToken(person).bytes()));
    return Key.named("auth_proxy_user_errs:").bytes(Digests.sha256(digested.toByteArray()));
  }

  private static Secret accessKey(Credential person) {
    return switch (person) {
      case JobToken job -> job.token();
      case PersonalAccessToken pat -> pat.token();
      case SessionCookie session -> session.cookie();
    };
  }

  private static Secret csrfToken(Credential person) {
    return person instanceof SessionCookie session ? session.csrfToken() : Secret.of("");
  }
}
