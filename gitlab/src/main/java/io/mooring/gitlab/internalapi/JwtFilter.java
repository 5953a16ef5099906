package io.mooring.gitlab.internalapi;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Json;
import io.mooring.protocol.jwt.JwtRejectedException;
import io.mooring.protocol.jwt.JwtVerifier;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.core.JacksonException;

/**
 * Lets only the program through that shares a secret with us. Signed with HS256 and nothing else
 * (gitlab-side.md 1.2); the caller is told nothing of the reason for a refusal.
 */
public final class JwtFilter extends OncePerRequestFilter {
  private static final Logger log = LoggerFactory.getLogger(JwtFilter.class);

  private final String header;
  private final JwtVerifier verifier;
  private final Predicate<String> guards;
  private final String refusal;

  private JwtFilter(String header, JwtVerifier verifier, Predicate<String> guards, String refusal) {
    this.header = header;
    this.verifier = verifier;
    this.guards = guards;
    this.refusal = refusal;
  }

  /** Guards what is for kas: everything that is not for Gitaly. */
  public static JwtFilter ofKas(SharedSecrets secrets) {
    return new JwtFilter(
        "Gitlab-Kas-Api-Request",
        secrets.kasVerifier(),
        path -> !HookController.PATHS.contains(path),
        "KAS JWT authentication invalid");
  }

  /** Guards what is for the hooks of Gitaly. */
  public static JwtFilter ofGitaly(SharedSecrets secrets) {
    return new JwtFilter(
        "Gitlab-Shell-Api-Request",
        secrets.gitalyVerifier(),
        HookController.PATHS::contains,
        "401 Unauthorized");
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !guards.test(request.getRequestURI());
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String token = Optional.ofNullable(request.getHeader(header)).orElse("");
    if (!accepts(token)) {
      Json.answer(response, ApiException.message(HttpStatus.UNAUTHORIZED, refusal));
      return;
    }
    chain.doFilter(request, response);
  }

  private boolean accepts(String token) {
    try {
      verifier.verify(token);
      return isHs256(token);
    } catch (JwtRejectedException e) {
      log.atInfo().addKeyValue("reason", e.reason()).log("Token of a program refused");
      return false;
    }
  }

  /** The verifier takes stronger algorithms too; GitLab does not. */
  private static boolean isHs256(String token) {
    byte[] head = Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.')));
    try {
      return Json.MAPPER
          .readTree(new String(head, StandardCharsets.UTF_8))
          .path("alg")
          .asString("")
          .equals("HS256");
    } catch (JacksonException e) {
      return false;
    }
  }
}
