package io.mooring.kas.tunnel;

import io.grpc.Metadata;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program at the other end of a tunnel, as its gRPC user agent tells (v14-differences.md 4). A
 * user agent that is not understood is taken for a new program's: only what is known to be old is
 * held back.
 *
 * @param userAgent as sent, for logs; shortened
 * @param abilities what it can do
 */
public record AgentProgram(String userAgent, Set<AgentAbility> abilities) {
  private static final Metadata.Key<String> USER_AGENT =
      Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);

  // Up to 14.1; whatever version it names.
  private static final String FIRST_NAME = "agentk/";
  private static final Pattern VERSION =
      Pattern.compile("gitlab-agent/v?(\\d{1,4})\\.(\\d{1,4})(?:\\D.*)?");
  private static final int MAX_LENGTH = 200;

  /** Copies what could change. */
  public AgentProgram {
    abilities = Set.copyOf(abilities);
  }

  /** The program that sent this metadata. */
  static AgentProgram of(Metadata headers) {
    String sent = headers.get(USER_AGENT);
    return of(sent == null ? "" : sent);
  }

  /** The program that calls itself this. */
  static AgentProgram of(String sent) {
    String userAgent = sent.substring(0, Math.min(sent.length(), MAX_LENGTH));
    Set<AgentAbility> abilities = EnumSet.allOf(AgentAbility.class);
    Matcher version = VERSION.matcher(userAgent);
    if (userAgent.startsWith(FIRST_NAME)) {
      abilities.clear();
    } else if (version.matches()) {
      int major = Integer.parseInt(version.group(1));
      int minor = Integer.parseInt(version.group(2));
      // Builds without a version call themselves v0.0.0 and are taken for new.
      abilities.removeIf(ability -> major > 0 && !ability.isIn(major, minor));
    }
    return new AgentProgram(userAgent, abilities);
  }
}
