package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.ApiException;
import io.mooring.protocol.secret.Secret;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Hands a signed-in browser the cookie for kas. GitLab does so on the pages that show a cluster;
 * this is for pages and programs that ask for it.
 */
@RestController
class KasSessionController {
  private static final Duration VALIDITY = Duration.ofDays(1);

  /** The prefix under which kas serves clusters beside GitLab. */
  private static final String PATH = "/k8s-proxy";

  private final KasCookie cookie;
  private final SessionCookie session;

  KasSessionController(KasCookie cookie, SessionCookie session) {
    this.cookie = cookie;
    this.session = session;
  }

  @PostMapping("/-/kas_session")
  ResponseEntity<Void> open(Caller caller, HttpServletRequest request) {
    if (!(caller instanceof Caller.SignedIn)) {
      throw ApiException.unauthorized();
    }
    String publicId = SessionCookie.of(request).orElseThrow(ApiException::unauthorized);
    String value = URLEncoder.encode(cookie.value(Secret.of(publicId)), StandardCharsets.US_ASCII);
    return ResponseEntity.noContent()
        .header(
            HttpHeaders.SET_COOKIE,
            ResponseCookie.from(KasCookie.NAME, value)
                .path(PATH)
                .httpOnly(true)
                .secure(session.secure())
                .sameSite("Lax")
                .maxAge(VALIDITY)
                .build()
                .toString())
        .build();
  }
}
