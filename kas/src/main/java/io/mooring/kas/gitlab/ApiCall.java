package io.mooring.kas.gitlab;

import com.google.protobuf.ByteString;
import io.mooring.protocol.secret.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One call of the REST API before it has an address.
 *
 * @param method HTTP method
 * @param path encoded path below GitLab's base URL, with a leading slash
 * @param query encoded query without the question mark, empty for none
 * @param headers names and values, credentials of the call among them
 * @param body empty for none
 * @param signed whether kas proves itself with a JWT
 * @param retried whether a failure that may pass is tried again
 */
record ApiCall(
    String method,
    String path,
    String query,
    List<Header> headers,
    ByteString body,
    boolean signed,
    boolean retried) {

  /** A header; its value may be a credential. */
  record Header(String name, Secret value) {
    static Header plain(String name, String value) {
      return new Header(name, Secret.of(value));
    }
  }

  /** A signed GET without retries, whose answer is JSON. */
  static ApiCall get(String path) {
    return new ApiCall("GET", path, "", List.of(), ByteString.EMPTY, true, false);
  }

  /** A signed POST of JSON. */
  static ApiCall post(String path, String json) {
    return new ApiCall(
        "POST",
        path,
        "",
        List.of(Header.plain("Content-Type", "application/json")),
        ByteString.copyFromUtf8(json),
        true,
        false);
  }

  /** The same with one query parameter. */
  ApiCall withQuery(String name, String value) {
    String encoded = URLEncoder.encode(value, StandardCharsets.UTF_8);
    return new ApiCall(method, path, name + "=" + encoded, headers, body, signed, retried);
  }

  /** The same with a header more. */
  ApiCall with(Header header) {
    List<Header> more = new ArrayList<>(headers);
    more.add(header);
    return new ApiCall(method, path, query, List.copyOf(more), body, signed, retried);
  }

  /** The same for an agent. */
  ApiCall bearer(Secret token) {
    return with(new Header("Authorization", Secret.of("Bearer " + token.text())));
  }

  /** The same without proof of being kas. */
  ApiCall unsigned() {
    return new ApiCall(method, path, query, headers, body, false, retried);
  }

  /** The same with retries. */
  ApiCall retrying() {
    return new ApiCall(method, path, query, headers, body, signed, true);
  }

  /** Leaves out what may be secret. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
