package io.mooring.kas.identity;

import io.grpc.Context;
import io.mooring.protocol.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The token an agent presented with the current RPC. Nobody has checked it until {@link AgentLookup} did.
 *
 * <p>Tokens are compared and cached by value; the text never appears in {@link #toString()}.
 *
 * @param secret the token as sent, without the scheme
 */
public record AgentToken(Secret secret) {
  private static final Context.Key<AgentToken> KEY = Context.key("agent-token");

  /**
   * The token of the RPC that runs on this thread.
   *
   * @throws IllegalStateException outside of an RPC of the agent server
   */
  public static AgentToken current() {
    AgentToken token = KEY.get();
    if (token == null) {
      throw new IllegalStateException("no agent token in this context: not an RPC of the agent server");
    }
    return token;
  }

  /** A context that carries this token; for interceptors and tests. */
  public Context within(Context context) {
    return context.withValue(KEY, this);
  }

  /**
   * SHA-256 of the first half of the token's bytes: what Redis keys hold in its place
   * (redis-observability.md 1).
   */
  public byte[] halfDigest() {
    byte[] token = secret.reveal().getBytes(StandardCharsets.UTF_8);
    byte[] half = Arrays.copyOf(token, token.length / 2);
    try {
      return MessageDigest.getInstance("SHA-256").digest(half);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256, which every Java must have", e);
    }
  }
}
