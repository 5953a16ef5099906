package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Finds out who sent a request. Thread-safe. */
@Component
public class Callers {
  private static final String TOKEN_HEADER = "Private-Token";
  private static final Set<Scope> READING = Set.of(Scope.API, Scope.READ_API);
  private static final Set<Scope> WRITING = Set.of(Scope.API);

  private final Users users;
  private final PersonalAccessTokens tokens;
  private final Sessions sessions;

  Callers(Users users, PersonalAccessTokens tokens, Sessions sessions) {
    this.users = users;
    this.tokens = tokens;
    this.sessions = sessions;
  }

  /**
   * The caller of the REST API: by {@code PRIVATE-TOKEN}, by bearer token, else by session.
   *
   * @throws ApiException when a token was brought that is worth nothing, or not worth this request
   */
  public Caller ofApi(HttpServletRequest request) {
    Optional<String> token =
        Optional.ofNullable(request.getHeader(TOKEN_HEADER)).or(() -> bearer(request));
    if (token.isEmpty()) {
      return ofSession(request);
    }
    Caller.TokenBearer bearer = ofToken(token.get());
    boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    Set<Scope> needed = reads ? READING : WRITING;
    if (!bearer.has(needed)) {
      throw insufficientScope(needed);
    }
    return bearer;
  }

  /** The caller by session alone. */
  public Caller ofSession(HttpServletRequest request) {
    return SessionCookie.of(request)
        .flatMap(sessions::find)
        .flatMap(session ->
            session
                .userId()
                .flatMap(users::find)
                .filter(user -> !user.blocked())
                .<Caller>map(user -> new Caller.SignedIn(user, session)))
        .orElseGet(Caller.Anonymous::new);
  }

  /**
   * The owner of a personal access token.
   *
   * @throws ApiException 401 for an unknown, revoked or expired token, 403 for a blocked owner
   */
  public Caller.TokenBearer ofToken(String secret) {
    PersonalAccessToken token = tokens.find(secret).orElseThrow(ApiException::unauthorized);
    requireActive(token, tokens.today());
    User owner = users.find(token.userId()).orElseThrow(ApiException::unauthorized);
    if (owner.blocked()) {
      throw ApiException.forbidden("Your account has been blocked.");
    }
    return new Caller.TokenBearer(owner, token);
  }

  /**
   * The same caller as things are now, for who stays longer than a request; empty when the session
   * or token ended or the account is blocked or gone.
   */
  public Optional<Caller> current(Caller caller) {
    return switch (caller) {
      case Caller.Anonymous _ -> Optional.of(caller);
      case Caller.SignedIn(User owner, Session session) ->
          Optional.of(session)
              .filter(sessions::isOpen)
              .flatMap(open -> active(owner))
              .map(user -> new Caller.SignedIn(user, session));
      case Caller.TokenBearer(User owner, PersonalAccessToken token) ->
          tokens
              .find(token.id())
              .filter(known -> known.isActive(tokens.today()))
              .flatMap(known -> active(owner).map(user -> new Caller.TokenBearer(user, known)));
    };
  }

  private Optional<User> active(User user) {
    return users.find(user.id()).filter(known -> !known.blocked());
  }

  /** Refuses a token that is worth nothing any more. */
  public static void requireActive(PersonalAccessToken token, LocalDate today) {
    if (token.revoked()) {
      throw ApiException.oauth(
          HttpStatus.UNAUTHORIZED,
          "invalid_token",
          "Token was revoked. You have to re-authorize from the user.",
          "");
    }
    if (token.isExpired(today)) {
      throw ApiException.oauth(
          HttpStatus.UNAUTHORIZED,
          "invalid_token",
          "Token is expired. You can either do re-authorization or token refresh.",
          "");
    }
  }

  /** 403 naming the scopes that would do. */
  public static ApiException insufficientScope(Set<Scope> needed) {
    return ApiException.oauth(
        HttpStatus.FORBIDDEN,
        "insufficient_scope",
        "The request requires higher privileges than provided by the access token.",
        String.join(" ", needed.stream().map(Scope::text).sorted().toList()));
  }

  /** The token of an {@code Authorization: Bearer} header. */
  public static Optional<String> bearer(HttpServletRequest request) {
    return Optional.ofNullable(request.getHeader(HttpHeaders.AUTHORIZATION))
        .filter(header -> header.toLowerCase(Locale.ROOT).startsWith("bearer "))
        .map(header -> header.substring("bearer ".length()).strip());
  }
}
