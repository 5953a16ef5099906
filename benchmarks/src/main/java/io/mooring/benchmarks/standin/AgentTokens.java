package io.mooring.benchmarks.standin;

import io.mooring.protocol.secret.Secret;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tokens of simulated agents. The agent's number stands in front, because Redis keys hold a
 * digest of a token's first half alone.
 */
public final class AgentTokens {
  private static final Pattern TOKEN = Pattern.compile("([0-9]{8})-benchmark-agent-token-0{20}");

  private AgentTokens() {}

  /** The token of an agent. */
  public static Secret of(long agentId) {
    return Secret.of(String.format(Locale.ROOT, "%08d-benchmark-agent-token-%020d", agentId, 0));
  }

  /** Whose token it is; empty when it is none of these. */
  static OptionalLong agentOf(String token) {
    Matcher matcher = TOKEN.matcher(token);
    return matcher.matches()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }
}
