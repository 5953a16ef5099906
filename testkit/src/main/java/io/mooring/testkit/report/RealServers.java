package io.mooring.testkit.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which real servers the running test uses. One lock guards all state; tests run one after another
 * in a JVM, so what is used now belongs to the test that runs now, whatever the thread.
 */
public final class RealServers {
  private static final RealServers CURRENT = new RealServers();

  private final Deque<Set<Server>> running = new ArrayDeque<>();
  private final Map<Server, Integer> tests = new TreeMap<>();

  RealServers() {}

  /**
   * Notes that the running test, or all tests of the running class when no test runs yet, uses this
   * server.
   *
   * @param server as the summary names it, such as {@code kube-apiserver}
   * @param version as the server itself tells it
   */
  public static void used(String server, String version) {
    CURRENT.use(new Server(server, version));
  }

  static RealServers current() {
    return CURRENT;
  }

  synchronized void use(Server server) {
    if (!running.isEmpty()) {
      running.getLast().add(server);
    }
  }

  /** A test, or a container of tests, begins. */
  synchronized void begin() {
    running.addLast(new LinkedHashSet<>());
  }

  /**
   * What began last ends.
   *
   * @param counts true for a test that ran: for each server that it or one of its containers uses
   */
  synchronized void end(boolean counts) {
    if (counts) {
      var used = new LinkedHashSet<Server>();
      running.forEach(used::addAll);
      used.forEach(server -> tests.merge(server, 1, Integer::sum));
    }
    running.removeLast();
  }

  /** The counts since the last call. */
  synchronized Map<Server, Integer> takeCounts() {
    var taken = Map.copyOf(tests);
    tests.clear();
    return taken;
  }

  /** A program and its version. */
  record Server(String name, String version) implements Comparable<Server> {
    @Override
    public int compareTo(Server other) {
      int byName = name.compareTo(other.name);
      return byName == 0 ? version.compareTo(other.version) : byName;
    }
  }
}
