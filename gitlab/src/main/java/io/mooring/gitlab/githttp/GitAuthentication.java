package io.mooring.gitlab.githttp;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ClientAddress;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.Callers;
import io.mooring.gitlab.identity.PasswordLogin;
import io.mooring.gitlab.identity.PersonalAccessTokens;
import io.mooring.gitlab.identity.User;
import io.mooring.protocol.secret.Secret;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Who git speaks for: HTTP Basic with a personal access token or a password. Thread-safe. */
@Component
class GitAuthentication {
  private static final String BASIC = "basic ";

  private final Callers callers;
  private final PasswordLogin login;
  private final ClientAddress addresses;

  GitAuthentication(Callers callers, PasswordLogin login, ClientAddress addresses) {
    this.callers = callers;
    this.login = login;
    this.addresses = addresses;
  }

  /** The user, or nobody when the request brings no credentials; wrong ones are refused. */
  Optional<User> user(HttpServletRequest request, GitService service) {
    Optional<String> bearer = Callers.bearer(request);
    if (bearer.isPresent()) {
      return Optional.of(ofToken(bearer.get(), service));
    }
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null) {
      return Optional.empty();
    }
    String[] pair = decode(header).split(":", 2);
    if (pair.length != 2) {
      throw GitRefusal.unauthenticated();
    }
    if (pair[1].startsWith(PersonalAccessTokens.PREFIX)) {
      return Optional.of(ofToken(pair[1], service)); // Any username goes with a token.
    }
    return Optional.of(
        switch (login.attempt(pair[0], Secret.of(pair[1]), addresses.of(request))) {
          case PasswordLogin.Outcome.Accepted(User user) -> user;
          case PasswordLogin.Outcome.Refused() -> throw GitRefusal.unauthenticated();
          case PasswordLogin.Outcome.Throttled() ->
              throw new GitRefusal(
                  HttpStatus.TOO_MANY_REQUESTS,
                  "Too many failed attempts. Try again in ten minutes, or use a personal access token.");
        });
  }

  private User ofToken(String secret, GitService service) {
    Caller.TokenBearer bearer;
    try {
      bearer = callers.ofToken(secret);
    } catch (ApiException e) {
      throw GitRefusal.unauthenticated();
    }
    if (!bearer.has(service.scopes())) {
      throw GitRefusal.forbidden(
          "The personal access token lacks a scope for "
              + service.text()
              + " (expected: one of "
              + String.join(
                  ", ", service.scopes().stream().map(scope -> scope.text()).sorted().toList())
              + ").");
    }
    return bearer.owner();
  }

  private static String decode(String header) {
    if (!header.toLowerCase(Locale.ROOT).startsWith(BASIC)) {
      throw GitRefusal.unauthenticated();
    }
    try {
      return new String(
          Base64.getDecoder().decode(header.substring(BASIC.length()).strip()),
          StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw GitRefusal.unauthenticated();
    }
  }
}
