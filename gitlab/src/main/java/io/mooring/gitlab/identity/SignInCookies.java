package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.kas.KasClient;
import io.mooring.gitlab.kas.KubernetesProxyUrl;
import io.mooring.protocol.secret.Secret;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Component;

/**
 * The cookies of somebody who signed in: the session's, and beside it the one for kas, which goes
 * only where kas serves clusters (gitlab-side.md 2.5). Both change with every sign-in and end with
 * the session. Thread-safe.
 */
@Component
public class SignInCookies {
  /** A page that stays open longer asks for a new one. */
  private static final Duration KAS_VALIDITY = Duration.ofDays(1);

  private final SessionCookie session;
  private final KasCookie cookie;
  private final KasClient kas;
  private final KubernetesProxyUrl proxy;
  private final ExternalUrl external;

  SignInCookies(
      SessionCookie session,
      KasCookie cookie,
      KasClient kas,
      KubernetesProxyUrl proxy,
      ExternalUrl external) {
    this.session = session;
    this.cookie = cookie;
    this.kas = kas;
    this.proxy = proxy;
    this.external = external;
  }

  /** Headers that hand a new session to the browser, and to kas when there is one. */
  public HttpHeaders set(Secret publicId) {
    var headers = new HttpHeaders();
    headers.add(HttpHeaders.SET_COOKIE, session.set(publicId));
    if (kas.isEnabled()) {
      headers.add(HttpHeaders.SET_COOKIE, forKas(publicId));
    }
    return headers;
  }

  /** Headers that take both back. */
  public HttpHeaders clear() {
    var headers = new HttpHeaders();
    headers.add(HttpHeaders.SET_COOKIE, session.clear());
    headers.add(HttpHeaders.SET_COOKIE, kasCookie("").maxAge(0).build().toString());
    return headers;
  }

  /** The header that hands the cookie for kas to a browser whose session is this. */
  public String forKas(Secret publicId) {
    return kasCookie(URLEncoder.encode(cookie.value(publicId), StandardCharsets.US_ASCII))
        .maxAge(KAS_VALIDITY)
        .build()
        .toString();
  }

  private ResponseCookie.ResponseCookieBuilder kasCookie(String value) {
    URI url = proxy.forBrowsers();
    String path = url.getPath().replaceAll("/+$", "");
    return ResponseCookie.from(KasCookie.NAME, value)
        .path(path.isEmpty() ? "/" : path)
        .domain(domain(url).orElse(""))
        .httpOnly(true)
        .secure(session.secure())
        .sameSite("Lax");
  }

  /** Only where kas is below the application's own name may the browser send it elsewhere. */
  private Optional<String> domain(URI url) {
    String own = external.host();
    return Optional.of(own).filter(host -> url.getHost().endsWith("." + host));
  }
}
