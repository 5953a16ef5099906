package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.ApiException;
import java.util.Optional;
import java.util.Set;

/** Who sent a request, and what proved it. */
public sealed interface Caller {
  /** The user, unless nobody is known. */
  Optional<User> user();

  /** Nobody in particular. */
  record Anonymous() implements Caller {
    @Override
    public Optional<User> user() {
      return Optional.empty();
    }
  }

  /** Somebody with a personal access token. */
  record TokenBearer(User owner, PersonalAccessToken token) implements Caller {
    @Override
    public Optional<User> user() {
      return Optional.of(owner);
    }

    /** Whether one of these scopes is among the token's. */
    public boolean has(Set<Scope> any) {
      return token.scopes().stream().anyMatch(any::contains);
    }
  }

  /** Somebody who signed in with a browser. */
  record SignedIn(User owner, Session session) implements Caller {
    @Override
    public Optional<User> user() {
      return Optional.of(owner);
    }
  }

  /** The user, or 401. */
  default User requireUser() {
    return user().orElseThrow(ApiException::unauthorized);
  }

  /** The administrator, or 401, or 403. */
  default User requireAdmin() {
    User user = requireUser();
    if (!user.admin()) {
      throw ApiException.forbidden();
    }
    return user;
  }
}
