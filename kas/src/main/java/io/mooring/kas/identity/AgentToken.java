package io.mooring.kas.identity;

import io.grpc.Context;
import io.mooring.protocol.secret.Secret;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The token an agent presented with the current RPC. Nobody has checked it until {@link
 * AgentLookup} did.
 *
 * <p>Equal when the tokens are. Hashed by a digest of the token, so that it is a good and harmless
 * key.
 */
public final class AgentToken {
  private static final Context.Key<AgentToken> KEY = Context.key("agent-token");

  private final Secret secret;
  private final int hash;

  /** A token as sent, without the scheme. */
  public AgentToken(Secret secret) {
    this.secret = secret;
    this.hash = ByteBuffer.wrap(sha256(secret.bytes())).getInt();
  }

  /**
   * The token of the RPC that runs on this thread.
   *
   * @throws IllegalStateException outside of an RPC of the agent server
   */
  public static AgentToken current() {
    AgentToken token = KEY.get();
    if (token == null) {
      throw new IllegalStateException(
          "no agent token in this context (expected: the context of an RPC of the agent server)");
    }
    return token;
  }

  /** A context that carries this token; for interceptors and tests. */
  public Context within(Context context) {
    return context.withValue(KEY, this);
  }

  /** The token itself, to be sent to GitLab and nowhere else. */
  public Secret secret() {
    return secret;
  }

  /**
   * SHA-256 of the first half of the token's bytes: what Redis keys hold in its place
   * (redis-observability.md 1).
   */
  public byte[] halfDigest() {
    byte[] token = secret.bytes();
    return sha256(Arrays.copyOf(token, token.length / 2));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AgentToken token && secret.equals(token.secret);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return secret.toString();
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256, which every Java must have", e);
    }
  }
}
