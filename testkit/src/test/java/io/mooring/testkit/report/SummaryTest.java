package io.mooring.testkit.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.mooring.testkit.report.RealServers.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

final class SummaryTest {
  private static final Instant NOW = Instant.parse("2026-05-06T07:08:09Z");
  private static final RealServers SERVERS = new RealServers();

  @TempDir Path root;

  @Test
  void countsATestForEachServerItUses() throws Exception {
    Path report = root.resolve("kas/target/real-servers.tsv");
    var listener =
        new ServersListener(
            SERVERS, Map.of("MOORING_SERVERS_REPORT", report.toString()), InstantSource.fixed(NOW));
    var launcher =
        LauncherFactory.create(
            LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .addTestExecutionListeners(listener)
                .build());

    launcher.execute(
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(UsesServers.class), selectClass(NotHere.class))
            .build());

    assertThat(Summary.of(root, NOW).lines())
        .containsExactly(
            "real servers: git 2.1: 1 tests; redis 7.0: 2 tests",
            "2 tests in 1 modules, 3 skipped");
  }

  @Test
  void sumsModulesAndLeavesOutOlderBuilds() throws Exception {
    write(
        "kas",
        "2026-05-06T07:08:08Z\tkas\tredis\t7.0\t100",
        "2026-05-06T07:08:09Z\tkas\t(tests)\t\t5",
        "2026-05-06T07:08:09Z\tkas\t(skipped)\t\t1",
        "2026-05-06T07:08:09Z\tkas\tredis\t7.0\t3");
    write(
        "gitlab",
        "2026-05-06T07:09:00Z\tgitlab\t(tests)\t\t10",
        "2026-05-06T07:09:00Z\tgitlab\tPostgreSQL\t18.6\t9",
        "2026-05-06T07:09:00Z\tgitlab\tredis\t7.0\t1");

    assertThat(Summary.of(root, NOW).lines())
        .containsExactly(
            "real servers: PostgreSQL 18.6: 9 tests; redis 7.0: 4 tests",
            "15 tests in 2 modules, 1 skipped");
  }

  @Test
  void saysSoWhenThereWereNone() throws Exception {
    assertThat(Summary.of(root, NOW).lines())
        .containsExactly("real servers: none", "0 tests in 0 modules, 0 skipped");
  }

  @Test
  void refusesALineOfAnotherShape() {
    assertThatThrownBy(() -> ReportRow.parse("a\tb"))
        .hasMessage("'a\tb' has 2 columns (expected: 5, separated by tabs)");
  }

  private void write(String module, String... lines) throws Exception {
    Path target = Files.createDirectories(root.resolve(module).resolve("target"));
    Files.writeString(target.resolve("real-servers.tsv"), String.join("\n", lines) + "\n");
  }

  /** Run by the launcher above, not by the build: no name that the build looks for. */
  static final class UsesServers {
    @BeforeAll
    static void forTheClass() {
      SERVERS.use(new Server("redis", "7.0"));
    }

    @Test
    void usesGitTwice() {
      SERVERS.use(new Server("git", "2.1"));
      SERVERS.use(new Server("git", "2.1"));
    }

    @Test
    void usesNoMoreThanTheClass() {}

    @Test
    void isSkipped() {
      Assumptions.abort("not here");
    }
  }

  /** Skipped as a whole. */
  @ExtendWith(Never.class)
  static final class NotHere {
    @Test
    void one() {}

    @Test
    void two() {}
  }

  static final class Never implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return ConditionEvaluationResult.disabled("never");
    }
  }
}
