package io.mooring.gitlab.cable;

import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.http.ExternalUrl;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Which pages may connect: those of this application and of configured origins. A request without
 * an origin comes from no page (gitlab-side.md 6.1). Thread-safe.
 */
@Component
class Origins {
  private final ExternalUrl external;
  private final Set<String> configured;

  Origins(ExternalUrl external, GitLabConfiguration configuration) {
    this.external = external;
    this.configured =
        configuration.cable().allowedOrigins().stream()
            .map(origin -> origin.replaceAll("/+$", "").toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  boolean allows(HttpServletRequest request) {
    String origin =
        Optional.ofNullable(request.getHeader(HttpHeaders.ORIGIN))
            .map(value -> value.toLowerCase(Locale.ROOT))
            .orElse("");
    return !origin.isEmpty()
        && (origin.equals(own(request))
            || origin.equals(originOf(external.base()))
            || configured.contains(origin));
  }

  /** No page can set these headers of a WebSocket, so they are believed of anybody. */
  private static String own(HttpServletRequest request) {
    boolean secure =
        request.isSecure()
            || "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"))
            || "on".equalsIgnoreCase(request.getHeader("X-Forwarded-Ssl"));
    return (secure ? "https://" : "http://")
        + Optional.ofNullable(request.getHeader(HttpHeaders.HOST))
            .orElse("")
            .toLowerCase(Locale.ROOT);
  }

  private static String originOf(URI url) {
    return (url.getScheme() + "://" + url.getRawAuthority()).toLowerCase(Locale.ROOT);
  }
}
