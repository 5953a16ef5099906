package io.mooring.allinone;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/**
 * When a commit passed each program, read from the log lines that the programs write anyway.
 *
 * <p>Keeps the newest {@value #KEPT} lines that name a hop. Thread-safe: appends and reads hold one
 * lock.
 */
public final class HopTimes extends AppenderBase<ILoggingEvent> {

  /** Name of the last hop. */
  static final String LAST = "applied in the cluster";

  private static final int KEPT = 2_000; // a few hundred pushes

  /** The constant message of each hop, in the order a commit meets them. */
  private static final Map<String, String> HOPS =
      Map.of(
          "Git push received", "push accepted by gitlab",
          "Git push event received", "notice received by kas",
          "Sending objects", "manifests sent by kas",
          "Received objects", "manifests received by agentk",
          "Applied objects", LAST);

  private static final List<String> ORDER =
      List.of(
          "Git push received",
          "Git push event received",
          "Sending objects",
          "Received objects",
          "Applied objects");

  private final Deque<Line> lines = new ArrayDeque<>();

  private record Line(String message, Instant at, Map<String, String> fields) {}

  /** One hop of a commit, and how long after the start of the push it was reached. */
  public record Hop(String name, Duration after) {}

  /** Begins to listen to every logger of this JVM. */
  public static HopTimes install() {
    HopTimes times = new HopTimes();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    times.setContext(root.getLoggerContext());
    times.start();
    root.addAppender(times);
    return times;
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (!HOPS.containsKey(event.getMessage()) && !event.getMessage().equals("Sent objects")) {
      return;
    }
    Map<String, String> fields = new java.util.HashMap<>();
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      pairs.forEach(pair -> fields.put(pair.key, String.valueOf(pair.value)));
    }
    synchronized (lines) {
      lines.addLast(new Line(event.getMessage(), event.getInstant(), fields));
      if (lines.size() > KEPT) {
        lines.removeFirst();
      }
    }
  }

  /** The hops that {@code commit} of {@code project} has passed since {@code pushed}. */
  public List<Hop> of(String commit, String project, Instant pushed) {
    List<Hop> hops = new ArrayList<>();
    synchronized (lines) {
      for (String message : ORDER) {
        lines.stream()
            .filter(line -> line.message().equals(message) && !line.at().isBefore(pushed))
            .filter(line -> names(line, commit, project))
            .findFirst()
            .ifPresent(line ->
                hops.add(
                    new Hop(
                        HOPS.getOrDefault(message, message), Duration.between(pushed, line.at()))));
      }
    }
    return List.copyOf(hops);
  }

  /** When GitLab had accepted the push. */
  public Instant accepted(Worktree.Pushed pushed) {
    return line(pushed, "Git push received").at();
  }

  /** How many bytes kas read from Git for this commit. */
  public long bytesFromGit(Worktree.Pushed pushed) {
    return Long.parseLong(
        line(pushed, "Sent objects").fields().getOrDefault("bytes_from_git", "-1"));
  }

  private Line line(Worktree.Pushed pushed, String message) {
    synchronized (lines) {
      return lines.stream()
          .filter(line -> line.message().equals(message))
          .filter(line -> pushed.commit().equals(line.fields().get("commit_id")))
          .findFirst()
          .orElseThrow(() ->
              new IllegalStateException(
                  "no line \"%s\" for commit %s".formatted(message, pushed.commit())));
    }
  }

  private static boolean names(Line line, String commit, String project) {
    String named = line.fields().get("commit_id");
    return named != null ? named.equals(commit) : project.equals(line.fields().get("project_id"));
  }
}
