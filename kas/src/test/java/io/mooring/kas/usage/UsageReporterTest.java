package io.mooring.kas.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import io.mooring.kas.config.GitLabSettings;
import io.mooring.kas.config.TokenBucket;
import io.mooring.kas.gitlab.GitLabApi;
import io.mooring.kas.gitlab.ScriptedGitLab;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.protocol.secret.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class UsageReporterTest {
  private static final Duration SOON = Duration.ofMillis(20);
  private static final Duration NEVER = Duration.ofHours(1);

  private final UsageTracker usage = new UsageTracker();
  private final ScriptedGitLab gitlab =
      ScriptedGitLab.start().on("usage_metrics", request -> Reply.status(204));
  private final GitLabApi api =
      new GitLabApi(
          new GitLabSettings(
              gitlab.url(),
              Optional.empty(),
              Path.of("unused"),
              Optional.empty(),
              new TokenBucket(50, 250)),
          Secret.of("0123456789abcdef0123456789abcdef"),
          InstantSource.system());

  @AfterEach
  void stop() {
    api.close();
    gitlab.close();
  }

  @Test
  @Tag("wire-83")
  void sendsPlainNumbersEveryPeriod() {
    usage.increment("gitops_sync");
    usage.increment("gitops_sync");
    usage.addUnique("agent_users_using_ci_tunnel", 10);
    usage.addUnique("agent_users_using_ci_tunnel", 10);

    try (UsageReporter reporter = new UsageReporter(usage, api, SOON)) {
      assertThat(reporter).isNotNull();
      await().until(() -> !gitlab.asked().isEmpty());
    }

    assertThat(gitlab.asked()).hasSize(1);
    assertThat(JsonParser.parseString(gitlab.asked().getFirst().body()))
        .isEqualTo(
            JsonParser.parseString(
                "{\"counters\":{\"gitops_sync\":2},\"unique_counters\":{\"agent_users_using_ci_tunnel\":[10]}}"));
  }

  @Test
  @Tag("wire-83")
  void sendsNothingWhenNothingWasCounted() {
    new UsageReporter(usage, api, NEVER).close();

    assertThat(gitlab.asked()).isEmpty();
  }

  @Test
  @Tag("wire-83")
  void sendsWhatIsLeftAtTheEnd() {
    UsageReporter reporter = new UsageReporter(usage, api, NEVER);
    usage.increment("k8s_api_proxy_request");

    reporter.close();

    assertThat(gitlab.asked().getFirst().body())
        .isEqualTo("{\"counters\":{\"k8s_api_proxy_request\":1}}");
  }

  @Test
  @Tag("wire-83")
  void losesNothingThatIsCountedWhileItSends() throws Exception {
    CountDownLatch sending = new CountDownLatch(1);
    CountDownLatch counted = new CountDownLatch(1);
    gitlab.on(
        "usage_metrics",
        request -> {
          sending.countDown();
          counted.await();
          return Reply.status(204);
        });
    usage.increment("gitops_sync");
    usage.addUnique("users", 1);

    try (UsageReporter reporter = new UsageReporter(usage, api, SOON)) {
      assertThat(reporter).isNotNull();
      sending.await();
      usage.increment("gitops_sync");
      usage.addUnique("users", 1);
      usage.addUnique("users", 2);
      counted.countDown();
      await().until(() -> gitlab.asked().size() == 2);
    }

    assertThat(JsonParser.parseString(gitlab.asked().get(1).body()))
        .isEqualTo(
            JsonParser.parseString(
                "{\"counters\":{\"gitops_sync\":1},\"unique_counters\":{\"users\":[2]}}"));
  }

  @Test
  @Tag("wire-83")
  void sendsAgainWhatGitLabDidNotTake() {
    gitlab.on("usage_metrics", request -> Reply.status(500));
    usage.increment("gitops_sync");

    try (UsageReporter reporter = new UsageReporter(usage, api, SOON)) {
      assertThat(reporter).isNotNull();
      await().until(() -> !gitlab.asked().isEmpty());
      usage.increment("gitops_sync");
      gitlab.on("usage_metrics", request -> Reply.status(200));
      await().until(() -> gitlab.asked().getLast().body().contains(":2"));
    }

    assertThat(usage.figures().isEmpty()).isTrue();
  }

  @Test
  void sendsNothingAtAllWithAPeriodOfZero() {
    usage.increment("gitops_sync");

    new UsageReporter(usage, api, Duration.ZERO).close();

    assertThat(gitlab.asked()).isEmpty();
  }
}
