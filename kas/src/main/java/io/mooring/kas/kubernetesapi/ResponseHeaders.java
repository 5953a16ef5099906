package io.mooring.kas.kubernetesapi;

import io.mooring.protocol.http.Headers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What of a cluster's answer reaches the client. All clusters answer under one name, that of kas,
 * so what a browser would obey for the whole name must not come from a cluster: only headers that
 * are known to be harmless and useful pass.
 */
final class ResponseHeaders {
  /** Those that pass unchanged. */
  private static final Set<String> PASSED =
      Set.of(
          "Accept-Patch",
          "Accept-Ranges",
          "Allow",
          "Audit-Id",
          "Content-Encoding",
          "Content-Language",
          "Content-Length",
          "Content-Md5",
          "Content-Range",
          "Date",
          "Deprecation",
          "Etag",
          "Last-Modified",
          "Retry-After",
          "Server",
          "Sunset",
          "Via",
          "Warning",
          "X-Kubernetes-Pf-Flowschema-Uid",
          "X-Kubernetes-Pf-Prioritylevel-Uid",
          "X-Stream-Protocol-Version");

  /** Those that pass when the connection is upgraded. */
  private static final Set<String> UPGRADING =
      Set.of(
          "Connection",
          "Sec-Websocket-Accept",
          "Sec-Websocket-Extensions",
          "Sec-Websocket-Protocol",
          "Sec-Websocket-Version",
          "Upgrade");

  /** Those that every API server sends, and kas puts something of its own in their place. */
  private static final Set<String> REPLACED =
      Set.of(
          "Age",
          "Cache-Control",
          "Content-Disposition",
          "Content-Type",
          "Expires",
          "Location",
          "Pragma",
          "Vary",
          "X-Content-Type-Options",
          "X-Request-Id");

  /** Dropped by the rules of kubernetes-api.md 7, without a word. */
  private static final Set<String> EXPECTED =
      Set.of(
          "Access-Control-Allow-Credentials",
          "Access-Control-Allow-Headers",
          "Access-Control-Allow-Methods",
          "Access-Control-Allow-Origin",
          "Access-Control-Max-Age",
          "Strict-Transport-Security");

  private ResponseHeaders() {}

  /**
   * Adds what passes to the head of the answer.
   *
   * @param received by agentk, names canonical
   * @param prefix of all paths of this proxy
   * @param dropped told the name of every header that should not have come
   */
  static void pass(Headers received, ResponseHead head, String prefix, Consumer<String> dropped) {
    boolean upgraded = head.status() == 101;
    Headers cleaned = received.cleaned();
    for (Map.Entry<String, List<String>> header : cleaned.asMap().entrySet()) {
      String name = header.getKey();
      List<String> values = header.getValue();
      if (PASSED.contains(name) || (upgraded && UPGRADING.contains(name))) {
        for (String value : values) {
          if (HeaderText.isValue(value)) {
            head.add(name, value);
          } else {
            dropped.accept(name);
          }
        }
      } else if (!REPLACED.contains(name)
          && !EXPECTED.contains(name)
          && !UPGRADING.contains(name)) {
        dropped.accept(name);
      }
    }
    location(cleaned.all("Location"), prefix)
        .ifPresentOrElse(
            place -> head.add("Location", place),
            () -> {
              if (!cleaned.all("Location").isEmpty()) {
                dropped.accept("Location");
              }
            });
    if (!upgraded) {
      content(cleaned, head);
    }
  }

  /** What a browser must not do with the body: keep it, guess its kind, or show it as a page. */
  private static void content(Headers received, ResponseHead head) {
    ContentKind kind = ContentKind.of(received.all("Content-Type"));
    kind.mediaType().ifPresent(type -> head.add("Content-Type", type));
    head.add("X-Content-Type-Options", "nosniff");
    head.add("Cache-Control", "no-store");
    if (!kind.harmless()) {
      head.add("Content-Disposition", "attachment");
    }
  }

  /** A place under the prefix; empty when it is elsewhere. */
  static Optional<String> location(List<String> values, String prefix) {
    if (values.size() != 1) {
      return Optional.empty();
    }
    String place = values.getFirst();
    boolean plain =
        place.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\')
            && !place.startsWith("//")
            && !place.contains("..")
            && !HeaderText.lower(place).contains("%2e");
    if (!plain || place.isEmpty()) {
      return Optional.empty();
    }
    if (place.startsWith("/")) {
      return Optional.of(prefix.substring(0, prefix.length() - 1) + place);
    }
    // A colon before the first slash would make it a URL with a scheme.
    int slash = place.indexOf('/');
    String first = slash < 0 ? place : place.substring(0, slash);
    return first.indexOf(':') < 0 ? Optional.of(place) : Optional.empty();
  }
}
