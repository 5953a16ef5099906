package io.mooring.kas.gitlab;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.kas.gitlab.ApiCall.Header;
import io.mooring.protocol.http.Headers;
import io.mooring.protocol.http.Query;
import io.mooring.protocol.secret.Secret;
import io.mooring.wire.prototool.Values;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What a module of an agent asks of its counterpart in GitLab (gitlab-api.md 4).
 *
 * @param module name of the module
 * @param method HTTP method
 * @param path decoded, with a leading slash; must not climb out of the module
 * @param query decoded
 * @param headers of the agent; those of the connection and of identity are replaced
 * @param body whole
 * @param agentToken of the agent that asks
 */
public record ModuleRequest(
    String module,
    String method,
    String path,
    Map<String, Values> query,
    Headers headers,
    ByteString body,
    Secret agentToken) {

  /** Below this kas's own proof of identity counts, so no agent may step out of it. */
  private static final String PREFIX = "/api/v4/internal/kubernetes/modules/";

  ApiCall call() throws StatusException {
    List<Header> kept = new ArrayList<>();
    headers
        .cleaned()
        .without(
            "Connection",
            "Upgrade",
            "Host",
            "Content-Length",
            "Expect",
            "User-Agent",
            "Authorization",
            "Gitlab-Kas-Api-Request")
        .asMap()
        .forEach((name, values) -> values.forEach(value -> kept.add(Header.plain(name, value))));
    return new ApiCall(
            method,
            PREFIX + segment(module) + encodedPath(),
            Query.encode(query),
            kept,
            body,
            true,
            true)
        .bearer(agentToken);
  }

  private String encodedPath() throws StatusException {
    if (!path.startsWith("/")) {
      throw refused(path);
    }
    StringJoiner encoded = new StringJoiner("/");
    for (String segment : path.split("/", -1)) {
      encoded.add(segment(segment));
    }
    return encoded.toString();
  }

  private static String segment(String text) throws StatusException {
    if (text.equals(".") || text.equals("..")) {
      throw refused(text);
    }
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static StatusException refused(String path) {
    return Status.INVALID_ARGUMENT
        .withDescription(
            "module path "
                + path
                + " (expected: a path that begins with / and has no . or .. segments)")
        .asException();
  }
}
