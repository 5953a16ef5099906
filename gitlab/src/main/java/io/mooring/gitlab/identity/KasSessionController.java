package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.ApiException;
import io.mooring.protocol.secret.Secret;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Hands a signed-in browser the cookie for kas anew. It comes with the sign-in too; this is for
 * pages that stay open longer than it lives.
 */
@RestController
class KasSessionController {
  private final SignInCookies cookies;

  KasSessionController(SignInCookies cookies) {
    this.cookies = cookies;
  }

  @PostMapping("/-/kas_session")
  ResponseEntity<Void> open(Caller caller, HttpServletRequest request) {
    if (!(caller instanceof Caller.SignedIn)) {
      throw ApiException.unauthorized();
    }
    String publicId = SessionCookie.of(request).orElseThrow(ApiException::unauthorized);
    return ResponseEntity.noContent()
        .header(HttpHeaders.SET_COOKIE, cookies.forKas(Secret.of(publicId)))
        .build();
  }
}
