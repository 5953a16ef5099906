package io.mooring.agentk.kubernetesapi;

import io.mooring.agentk.kubernetes.ApiAccess;
import io.mooring.agentk.kubernetes.Impersonation;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.prototool.Values;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What is sent to the API server ahead of a body.
 *
 * @param headers all but those that tell the length of the body
 * @param upgrade protocols the caller wants to change to, in lower case; empty without
 * @param length of the body; -1 when it is not known, empty when kas did not say
 */
record RequestHead(
    HttpMethod method,
    String target,
    HttpHeaders headers,
    List<String> upgrade,
    OptionalLong length) {
  private static final String VIA = "gRPC/1.0 " + BuildInfo.current().agent();

  /**
   * What concerns one connection (RFC 9110 7.6.1), what our own side of the next one sets, and
   * credentials: the agent's own are the only ones the cluster may see.
   */
  private static final Set<String> NOT_PASSED =
      Set.of(
          "authorization",
          "connection",
          "content-length",
          "cookie",
          "host",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private static final Set<HttpMethod> MAY_BE_REPEATED =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.TRACE);

  /**
   * Reads the first message of a request. The headers of one connection go first, so that none of
   * them can name an identity header and have it removed on the way; then the identity is added.
   */
  static RequestHead of(HttpRequest.Header message, ApiAccess access)
      throws RequestRefusedException {
    io.mooring.wire.prototool.HttpRequest request = message.getRequest();
    HttpMethod method = HttpMethod.valueOf(request.getMethod());
    if (method.equals(HttpMethod.CONNECT)) {
      throw new RequestRefusedException("the method CONNECT cannot be proxied");
    }
    var headers = new DefaultHttpHeaders();
    List<String> upgrade = new ArrayList<>();
    boolean named = false;
    try {
      headers.set(HttpHeaderNames.HOST, access.host());
      Map<String, Values> sent = request.getHeaderMap();
      Set<String> ofOneHop = namedByConnection(sent);
      for (Map.Entry<String, Values> header : sent.entrySet()) {
        String name = header.getKey();
        String folded = name.toLowerCase(Locale.ROOT);
        if (folded.equals("upgrade")) {
          header.getValue().getValueList().forEach(value -> upgrade.addAll(protocols(value)));
          header.getValue().getValueList().forEach(value -> headers.add(name, value));
        }
        if (!NOT_PASSED.contains(folded) && !ofOneHop.contains(folded)) {
          named |= Impersonation.isIdentity(name);
          for (String value : header.getValue().getValueList()) {
            headers.add(name, HeaderText.toHttp(value));
          }
        }
      }
      headers.add(HttpHeaderNames.VIA, VIA);
      if (!headers.contains(HttpHeaderNames.USER_AGENT)) {
        headers.set(HttpHeaderNames.USER_AGENT, BuildInfo.current().agent());
      }
      if (!upgrade.isEmpty()) {
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
      }
      access
          .authorization()
          .ifPresent(secret -> headers.set(HttpHeaderNames.AUTHORIZATION, secret.text()));
      RequestIdentity.add(message, named, access, headers);
    } catch (IllegalArgumentException e) {
      throw new RequestRefusedException("a header cannot be sent: " + e.getMessage(), e);
    }
    return new RequestHead(
        method,
        RequestPath.of(access.basePath(), request),
        headers,
        List.copyOf(upgrade),
        message.hasContentLength()
            ? OptionalLong.of(message.getContentLength())
            : OptionalLong.empty());
  }

  private static Set<String> namedByConnection(Map<String, Values> headers) {
    Set<String> named = Set.of();
    for (Map.Entry<String, Values> header : headers.entrySet()) {
      if (header.getKey().equalsIgnoreCase("connection")) {
        named = named.isEmpty() ? new HashSet<>() : named;
        for (String list : header.getValue().getValueList()) {
          for (String name : list.toLowerCase(Locale.ROOT).split(",", -1)) {
            named.add(name.strip());
          }
        }
      }
    }
    return named;
  }

  private static List<String> protocols(String value) {
    return List.of(value.toLowerCase(Locale.ROOT).strip().split("\\s*,\\s*", -1));
  }

  boolean isUpgrade() {
    return !upgrade.isEmpty();
  }

  /** Whether sending it twice does no harm (RFC 9110 9.2.1). */
  boolean mayBeRepeated() {
    return MAY_BE_REPEATED.contains(method);
  }

  /** With a body of this length behind it. */
  HttpMessage withLength(long bytes) {
    headers.set(HttpHeaderNames.CONTENT_LENGTH, bytes);
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, target, headers);
  }

  /** With a body behind it whose length nobody knows yet. */
  HttpMessage chunked() {
    headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, target, headers);
  }

  /** The whole request: there is no body. */
  HttpMessage alone() {
    if (method.equals(HttpMethod.POST)
        || method.equals(HttpMethod.PUT)
        || method.equals(HttpMethod.PATCH)) {
      // These give a body a meaning, so that its absence is told (RFC 9110 8.6).
      headers.set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
    }
    return new DefaultFullHttpRequest(
        HttpVersion.HTTP_1_1,
        method,
        target,
        Unpooled.EMPTY_BUFFER,
        headers,
        EmptyHttpHeaders.INSTANCE);
  }

  /** Why a change of protocol is none that was asked for; empty when it is. */
  String faultOfSwitch(HttpResponse response) {
    if (!isUpgrade()) {
      return "the API server changed the protocol, and nobody asked for that";
    }
    String chosen =
        response.headers().get(HttpHeaderNames.UPGRADE, "").toLowerCase(Locale.ROOT).strip();
    return upgrade.contains(chosen)
        ? ""
        : "the API server changed the protocol to \""
            + chosen
            + "\" (expected: "
            + String.join(", ", upgrade)
            + ")";
  }
}
