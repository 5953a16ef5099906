package io.mooring.kas.access;

import io.mooring.protocol.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Reads credentials (kubernetes-api.md 4). */
public final class Credentials {
  private static final String COOKIE = "_gitlab_kas";
  private static final String BEARER = "Bearer ";
  private static final String AGENT_HEADER = "Gitlab-Agent-Id";
  private static final String AGENT_PARAMETER = "gitlab-agent-id";
  private static final String CSRF_HEADER = "X-Csrf-Token";
  private static final String CSRF_PARAMETER = "gitlab-csrf-token";

  private Credentials() {}

  /**
   * The credential of a request. {@code Authorization} goes before the cookie.
   *
   * @throws InvalidCredentialException when there is none, or it cannot be read
   */
  public static Credential parse(Presented request) throws InvalidCredentialException {
    List<String> authorization = request.header("Authorization");
    if (!authorization.isEmpty()) {
      return bearer(authorization);
    }
    Optional<String> cookie = cookie(request);
    if (cookie.isEmpty()) {
      throw new InvalidCredentialException("no valid credentials provided");
    }
    return session(request, cookie.get());
  }

  private static Credential bearer(List<String> values) throws InvalidCredentialException {
    if (values.size() > 1) {
      throw authorization("expecting a single header, got " + values.size());
    }
    if (!values.getFirst().startsWith(BEARER)) {
      throw authorization("expecting Bearer token");
    }
    String[] parts = values.getFirst().substring(BEARER.length()).split(":", 3);
    if (parts.length < 3) {
      throw authorization("invalid value");
    }
    boolean job = parts[0].equals("ci");
    if (!job && !parts[0].equals("pat")) {
      throw authorization("unknown token type");
    }
    long agentId;
    try {
      agentId = Numbers.parse(parts[1]);
    } catch (NumberFormatException e) {
      throw authorization("failed to parse: " + e.getMessage());
    }
    if (parts[2].isEmpty()) {
      throw authorization("empty token");
    }
    Secret token = Secret.of(parts[2]);
    return job
        ? new Credential.JobToken(agentId, token)
        : new Credential.PersonalAccessToken(agentId, token);
  }

  private static InvalidCredentialException authorization(String detail) {
    return new InvalidCredentialException("Authorization header: " + detail);
  }

  private static Credential session(Presented request, String cookie)
      throws InvalidCredentialException {
    if (cookie.isEmpty()) {
      throw new InvalidCredentialException(COOKIE + " cookie value must not be empty");
    }
    Secret key = decoded(cookie);
    String agent = one(request, AGENT_HEADER, AGENT_PARAMETER, "agent id");
    long agentId;
    try {
      agentId = Numbers.parse(agent);
    } catch (NumberFormatException e) {
      throw new InvalidCredentialException(
          "agent id in request: invalid value: " + Numbers.quoted(agent));
    }
    return new Credential.SessionCookie(
        agentId, key, Secret.of(one(request, CSRF_HEADER, CSRF_PARAMETER, "CSRF token")));
  }

  /** The header wins over the parameter, which browsers need for WebSockets. */
  private static String one(Presented request, String header, String parameter, String what)
      throws InvalidCredentialException {
    List<String> values = request.header(header);
    if (values.size() > 1) {
      throw new InvalidCredentialException(header + " header must have exactly one value");
    }
    if (values.isEmpty()) {
      values = request.query(parameter);
    }
    if (values.size() != 1) {
      throw new InvalidCredentialException(
          "exactly one "
              + what
              + " must be provided either in the \""
              + header
              + "\" header or \""
              + parameter
              + "\" query parameter");
    }
    return values.getFirst();
  }

  /** The value of the cookie as sent; quotation marks around it are not part of it. */
  private static Optional<String> cookie(Presented request) throws InvalidCredentialException {
    List<String> found = new ArrayList<>();
    for (String line : request.header("Cookie")) {
      for (String pair : line.split(";", -1)) {
        int equals = pair.indexOf('=');
        if (equals >= 0 && pair.substring(0, equals).strip().equals(COOKIE)) {
          found.add(unquoted(pair.substring(equals + 1).strip()));
        }
      }
    }
    if (found.size() > 1) {
      // A second one can only be planted, by a neighbouring host for instance.
      throw new InvalidCredentialException(COOKIE + " cookie must have exactly one value");
    }
    return found.stream().findFirst();
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  private static Secret decoded(String value) throws InvalidCredentialException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '%') {
        if (i + 2 >= value.length()
            || !HexFormat.isHexDigit(value.charAt(i + 1))
            || !HexFormat.isHexDigit(value.charAt(i + 2))) {
          throw undecodable();
        }
        bytes.write(HexFormat.fromHexDigits(value, i + 1, i + 3));
        i += 2;
      } else if (c < ' ' || c > '~') {
        throw undecodable();
      } else {
        bytes.write(c == '+' ? ' ' : c);
      }
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray()));
    } catch (CharacterCodingException e) {
      // GitLab is asked in JSON, which has no other text.
      throw undecodable();
    }
    return Secret.of(bytes.toByteArray());
  }

  private static InvalidCredentialException undecodable() {
    return new InvalidCredentialException(COOKIE + " invalid cookie value");
  }
}
