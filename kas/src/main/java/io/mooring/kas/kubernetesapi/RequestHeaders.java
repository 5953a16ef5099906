package io.mooring.kas.kubernetesapi;

import io.mooring.protocol.http.Headers;
import io.mooring.wire.prototool.Values;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What of a request travels to the cluster (kubernetes-api.md 7, tunnel.md 6.4). Names are made
 * canonical, because agentk looks for them by exact text.
 */
final class RequestHeaders {
  private static final String IMPERSONATE = "impersonate-";

  /**
   * For kas alone, for this connection alone, or answered here. {@code Host} is the API server's.
   */
  private static final Set<String> KEPT_HERE =
      Set.of("Authorization", "Cookie", "Gitlab-Agent-Id", "X-Csrf-Token", "Host", "Expect");

  /** Said by proxies about clients; from a client it is a lie. Folded. */
  private static final Set<String> CLAIMS =
      Set.of(
          "forwarded",
          "x-real-ip",
          "x-client-ip",
          "true-client-ip",
          "x-original-url",
          "x-original-uri",
          "x-rewrite-url");

  private static final Set<String> PARAMETERS_KEPT_HERE =
      Set.of("gitlab-agent-id", "gitlab-csrf-token");

  private RequestHeaders() {}

  /**
   * Refuses spellings that a server behind may take for an impersonation header, and agentk does
   * not.
   */
  static void checkImpersonation(RequestHead head) throws MalformedRequestException {
    for (Map.Entry<String, String> header : head.headers()) {
      String name = header.getKey();
      if (name.indexOf('_') >= 0 && HeaderText.folded(name).startsWith(IMPERSONATE)) {
        throw MalformedRequestException.because(
            "the header " + name + " looks like one for impersonation (expected: hyphens)");
      }
    }
  }

  /**
   * The headers to send.
   *
   * @param via names this proxy
   */
  static Map<String, Values> forwarded(RequestHead head, String via)
      throws MalformedRequestException {
    Headers.Builder builder = Headers.builder();
    for (Map.Entry<String, String> header : head.headers()) {
      String name = header.getKey();
      if (!isClaim(name)) {
        builder.add(name, HeaderText.unicode(name, header.getValue()));
      }
    }
    // What Connection names goes first, so that it cannot name what is added here or by agentk.
    Map<String, Values> wire = new LinkedHashMap<>(builder.build().cleaned().wire());
    wire.keySet().removeAll(KEPT_HERE);
    Values before = wire.getOrDefault("Via", Values.getDefaultInstance());
    wire.put("Via", before.toBuilder().addValue(via).build());
    return wire;
  }

  private static boolean isClaim(String name) {
    String folded = HeaderText.folded(name);
    return folded.startsWith("x-forwarded")
        || folded.startsWith("x-remote-")
        || CLAIMS.contains(folded);
  }

  /** The query parameters to send. */
  static Map<String, Values> parameters(Target target) {
    Map<String, Values> query = target.query();
    if (PARAMETERS_KEPT_HERE.stream().noneMatch(query::containsKey)) {
      return query;
    }
    Map<String, Values> kept = new LinkedHashMap<>(query);
    kept.keySet().removeAll(PARAMETERS_KEPT_HERE);
    return kept;
  }
}
