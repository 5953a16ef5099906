package io.mooring.gitlab.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRequestHandler;
import org.springframework.security.web.csrf.DefaultCsrfToken;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Ties Spring Security's protection against forged requests to our sessions and to the tokens of
 * Rails. A request needs a token when its method changes something and a cookie says who sent it,
 * or when it signs somebody in.
 */
public final class SessionCsrf
    implements CsrfTokenRepository, CsrfTokenRequestHandler, RequestMatcher {
  /** Where people sign in. */
  public static final String SIGN_IN = "/users/sign_in";

  private static final String HEADER = "X-CSRF-Token";
  private static final String PARAMETER = "authenticity_token";
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

  private final Sessions sessions;
  private final TokenGenerator generator;

  /** Protection for these sessions. */
  public SessionCsrf(Sessions sessions, TokenGenerator generator) {
    this.sessions = sessions;
    this.generator = generator;
  }

  @Override
  public boolean matches(HttpServletRequest request) {
    return !SAFE.contains(request.getMethod())
        && (CallerFilter.of(request) instanceof Caller.SignedIn
            || request.getRequestURI().equals(SIGN_IN));
  }

  @Override
  public @Nullable String resolveCsrfTokenValue(HttpServletRequest request, CsrfToken expected) {
    Optional<String> given =
        Optional.ofNullable(request.getHeader(HEADER))
            .or(() -> Optional.ofNullable(request.getParameter(PARAMETER)));
    Optional<Session> session = SessionCookie.of(request).flatMap(sessions::find);
    return given.isPresent() && session.isPresent() && CsrfTokens.verify(session.get(), given.get())
        ? expected.getToken()
        : null;
  }

  @Override
  public CsrfToken generateToken(HttpServletRequest request) {
    // Never shown: it only has to differ from what anybody sends.
    return new DefaultCsrfToken(HEADER, PARAMETER, generator.token("", 43).text());
  }

  @Override
  public void saveToken(
      @Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
    // The secret is part of the session.
  }

  @Override
  public @Nullable CsrfToken loadToken(HttpServletRequest request) {
    return null;
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, Supplier<CsrfToken> token) {
    // Pages ask CsrfTokens themselves.
  }
}
