package io.mooring.testkit.report;

import io.mooring.testkit.report.RealServers.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Counts tests while they run and, at the end of the JVM's test plan, appends the counts to the
 * file named by the environment variable {@code MOORING_SERVERS_REPORT}, when it is set. Found by
 * JUnit through the service loader.
 */
public final class ServersListener implements TestExecutionListener {
  private final RealServers servers;
  private final Map<String, String> environment;
  private final InstantSource time;
  private @Nullable TestPlan plan;
  private int tests;
  private int skipped;

  /** Called by JUnit. */
  public ServersListener() {
    this(RealServers.current(), System.getenv(), InstantSource.system());
  }

  ServersListener(RealServers servers, Map<String, String> environment, InstantSource time) {
    this.servers = servers;
    this.environment = environment;
    this.time = time;
  }

  @Override
  public void testPlanExecutionStarted(TestPlan started) {
    plan = started;
    tests = 0;
    skipped = 0;
  }

  @Override
  public void executionStarted(TestIdentifier identifier) {
    servers.begin();
  }

  @Override
  public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
    boolean ran = result.getStatus() != TestExecutionResult.Status.ABORTED;
    servers.end(identifier.isTest() && ran);
    if (identifier.isTest()) {
      tests += ran ? 1 : 0;
      skipped += ran ? 0 : 1;
    }
  }

  @Override
  public void executionSkipped(TestIdentifier identifier, String reason) {
    TestPlan current = plan;
    if (identifier.isTest()) {
      skipped++;
    } else if (current != null) {
      var below = current.getDescendants(identifier).stream().filter(TestIdentifier::isTest);
      skipped += (int) below.count();
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan finished) {
    String file = environment.getOrDefault("MOORING_SERVERS_REPORT", "");
    if (file.isEmpty()) {
      return;
    }
    var rows = new StringBuilder();
    row(rows, ReportRow.TESTS, "", tests);
    row(rows, ReportRow.SKIPPED, "", skipped);
    servers
        .takeCounts()
        .forEach(
            (Server server, Integer count) -> row(rows, server.name(), server.version(), count));
    try {
      Path path = Path.of(file).toAbsolutePath();
      Files.createDirectories(path.resolveSibling(""));
      Files.writeString(path, rows, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the count of tests to " + file, e);
    }
  }

  private void row(StringBuilder rows, String server, String version, int count) {
    // Surefire names the module's directory; elsewhere it is the working directory.
    String directory = System.getProperty("basedir", System.getProperty("user.dir"));
    String module = Path.of(directory).getFileName().toString();
    rows.append(new ReportRow(time.instant(), module, server, version, count).line()).append('\n');
  }
}
