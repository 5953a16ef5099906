package io.mooring.testkit.kubernetes;

import io.mooring.testkit.process.Command;
import java.util.regex.Pattern;

/**
 * The names of what a node leaves on the machine when its JVM is killed; they carry the process
 * number of the JVM, so that a later one can tell that their owner is gone.
 *
 * @param process number of the JVM
 */
record NodeIdentity(long process) {
  private static final Pattern BRIDGE = Pattern.compile("\\bmoor(\\d+)\\b");

  /** Pods of two nodes on one machine must not have the same addresses. */
  private static final int SUBNETS = 250;

  /** The kernel takes a moment to end the last process of a cgroup. */
  private static final String REMOVE_CGROUPS =
      """
      for attempt in $(seq 100); do
        find /sys/fs/cgroup -depth -type d -path "*/$1*" -exec rmdir {} + 2> /dev/null
        [ -n "$(find /sys/fs/cgroup -maxdepth 5 -type d -name "$1" -print -quit)" ] || exit 0
        sleep 0.05
      done
      """;

  static NodeIdentity ofThisProcess() {
    return new NodeIdentity(ProcessHandle.current().pid());
  }

  /** Removes bridges and cgroups whose JVM is gone. */
  static void removeLeftovers() {
    String links = Command.of("ip", "-brief", "link").output();
    BRIDGE
        .matcher(links)
        .results()
        .map(match -> new NodeIdentity(Long.parseLong(match.group(1))))
        .filter(identity -> ProcessHandle.of(identity.process()).isEmpty())
        .forEach(NodeIdentity::remove);
  }

  /** At most 15 characters, as the kernel wants it. */
  String bridge() {
    return "moor" + process;
  }

  String cgroup() {
    return "mooring-node-" + process;
  }

  String subnet() {
    return "10.88." + process % SUBNETS + ".0/24";
  }

  void remove() {
    // Fails when no pod ever ran and there is no bridge.
    Command.of("ip", "link", "delete", bridge()).run();
    Command.of("sh", "-c", REMOVE_CGROUPS, "sh", cgroup()).run();
  }
}
