package io.mooring.kas.access;

import io.mooring.protocol.secret.Secret;

/**
 * What a caller proves itself with, and the agent it asks for (kubernetes-api.md 4). Nobody has
 * checked it until {@link Access} did. Equal when everything is.
 */
public sealed interface Credential {
  /** The agent that is asked for. */
  long agentId();

  /** The kind that audit and GitLab know it by. */
  Caller.Kind kind();

  /** {@code ci:<agent id>:<token>}. */
  record JobToken(long agentId, Secret token) implements Credential {
    @Override
    public Caller.Kind kind() {
      return Caller.Kind.CI_JOB;
    }

    @Override
    public int hashCode() {
      return Digests.hash(token) ^ Long.hashCode(agentId);
    }
  }

  /** {@code pat:<agent id>:<token>}. */
  record PersonalAccessToken(long agentId, Secret token) implements Credential {
    @Override
    public Caller.Kind kind() {
      return Caller.Kind.PERSONAL_ACCESS_TOKEN;
    }

    @Override
    public int hashCode() {
      return Digests.hash(token) ^ Long.hashCode(agentId);
    }
  }

  /** The decoded cookie of a browser's session, and the token that proves it is no forgery. */
  record SessionCookie(long agentId, Secret cookie, Secret csrfToken) implements Credential {
    @Override
    public Caller.Kind kind() {
      return Caller.Kind.SESSION_COOKIE;
    }

    @Override
    public int hashCode() {
      return Digests.hash(cookie) ^ Long.hashCode(agentId);
    }
  }
}
