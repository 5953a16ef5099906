package io.mooring.kas.tunnel;

import io.grpc.Metadata;
import io.grpc.Metadata.AsciiMarshaller;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * What agents learnt late, and an old one gets wrong in silence (v14-differences.md 4). A caller
 * that needs one says so in the metadata {@link #NEEDED}; the replica that has the tunnel refuses
 * the call when the agent is too old.
 */
public enum AgentAbility {
  /** Obeys the impersonation in the header message; older ones act as themselves. From 14.2. */
  IMPERSONATION(14, 2),
  /** Upgrades the connection; older ones let the request hang. From 15.1. */
  UPGRADE(15, 1);

  /** Abilities the call needs. Belongs to one hop, so agents do not see it. */
  public static final Metadata.Key<Set<AgentAbility>> NEEDED =
      Metadata.Key.of("kas-hop-agent-abilities", new Names());

  private final int major;
  private final int minor;

  AgentAbility(int major, int minor) {
    this.major = major;
    this.minor = minor;
  }

  /** Whether a release has it. */
  boolean isIn(int releaseMajor, int releaseMinor) {
    return releaseMajor > major || (releaseMajor == major && releaseMinor >= minor);
  }

  private String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Names in lower case, separated by commas. One that this build does not know is passed over. */
  private static final class Names implements AsciiMarshaller<Set<AgentAbility>> {
    @Override
    public String toAsciiString(Set<AgentAbility> abilities) {
      return String.join(",", abilities.stream().map(AgentAbility::wireName).sorted().toList());
    }

    @Override
    public Set<AgentAbility> parseAsciiString(String text) {
      Set<AgentAbility> abilities = EnumSet.noneOf(AgentAbility.class);
      for (String name : text.split(",", -1)) {
        for (AgentAbility ability : values()) {
          if (ability.wireName().equals(name)) {
            abilities.add(ability);
          }
        }
      }
      return abilities;
    }
  }
}
