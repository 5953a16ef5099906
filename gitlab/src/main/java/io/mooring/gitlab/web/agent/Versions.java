package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.http.Release;
import io.mooring.gitlab.kas.KasClient;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The versions of connected pods, and what is wrong with them (gitlab-side.md 5.2). */
final class Versions {
  private static final Pattern FORM = Pattern.compile("v?(\\d+)\\.(\\d+).*");

  private Versions() {}

  /** Different versions, without the leading v, in the order of texts. */
  static List<String> distinct(List<KasClient.Connection> pods) {
    return pods.stream()
        .map(pod -> pod.version().replaceFirst("^v", ""))
        .filter(version -> !version.isEmpty())
        .distinct()
        .sorted()
        .toList();
  }

  /** What a person should know about them. */
  static Optional<String> warning(List<String> versions) {
    boolean mismatch = versions.size() > 1;
    boolean outdated = versions.stream().anyMatch(Versions::isOutdated);
    if (mismatch && outdated) {
      return Optional.of(
          "The pods run different versions, and one is older than this server supports. Upgrade agentk to "
              + Release.VERSION
              + ".");
    }
    if (mismatch) {
      return Optional.of("The pods run different versions: " + String.join(", ", versions) + ".");
    }
    return outdated
        ? Optional.of(
            "agentk is more than one minor version behind this server. Upgrade it to "
                + Release.VERSION
                + ".")
        : Optional.empty();
  }

  /** Older than the server by more than one minor version; newer is never wrong. */
  static boolean isOutdated(String version) {
    Matcher agent = FORM.matcher(version);
    Matcher server = FORM.matcher(Release.VERSION);
    if (!agent.matches() || !server.matches()) {
      return false;
    }
    int major = Integer.compare(number(agent, 1), number(server, 1));
    return major < 0 || (major == 0 && number(agent, 2) + 1 < number(server, 2));
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }
}
