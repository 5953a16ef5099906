package io.mooring.gitlab.internalapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Running;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(GitLabUnderTest.class)
class UsageTest {
  private static final String METRICS = "/api/v4/internal/kubernetes/usage_metrics";
  private static final String EVENTS = "/api/v4/internal/kubernetes/agent_events";

  @Test
  void addsCountersAndCountsEveryItemOnce(Running gitlab) {
    long before = counter(gitlab, "gitops_sync");
    String body =
        """
        {"counters":{"gitops_sync":2,"unknown":3},
         "unique_counters":{"agent_users_using_ci_tunnel":[900001,900002,900001],"unknown":[1]}}\
        """;

    gitlab.kas().post(METRICS, body).expect(204);
    gitlab.kas().post(METRICS, body).expect(204);

    assertThat(counter(gitlab, "gitops_sync")).isEqualTo(before + 4);
    assertThat(
            gitlab.sqlValue(
                "select count(*) from usage_unique_counters where name = 'agent_users_using_ci_tunnel' and item in (900001, 900002)"))
        .isEqualTo("2");
    assertThat(counter(gitlab, "unknown")).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"counters\":{},\"unique_counters\":{}}",
        "{\"counters\":{\"gitops_sync\":0}}",
        "{\"unique_counters\":{\"agent_users_using_ci_tunnel\":[]}}",
        "{\"gitops_sync_count\":0,\"k8s_api_proxy_request_count\":0}"
      })
  void takesNothingForAnAnswer(String body, Running gitlab) {
    gitlab.kas().post(METRICS, body).expect(204);
  }

  @Test
  void takesTheFlatFormOfOldKas(Running gitlab) {
    long before = counter(gitlab, "k8s_api_proxy_request");

    gitlab.kas().post(METRICS, "k8s_api_proxy_request_count", 5).expect(204);

    assertThat(counter(gitlab, "k8s_api_proxy_request")).isEqualTo(before + 5);
  }

  @Test
  void refusesWhatCannotBeCounted(Running gitlab) {
    assertThat(
            gitlab.kas().post(METRICS, "counters", Map.of("gitops_sync", "x")).expect(400).body())
        .isEqualTo("{\"error\":\"counters[gitops_sync] is invalid\"}");
    assertThat(
            gitlab
                .kas()
                .post(METRICS, "unique_counters", Map.of("agent_users_using_ci_tunnel", 1))
                .expect(400)
                .body())
        .isEqualTo("{\"error\":\"unique_counters[agent_users_using_ci_tunnel] is invalid\"}");
    assertThat(gitlab.kas().post(METRICS, "counters", Map.of("gitops_sync", -1)).expect(400).body())
        .isEqualTo(
            "{\"message\":\"400 Bad request - gitops_sync: -1 is negative (expected: 0 or more)\"}");
  }

  @Test
  void keepsEventsOfOldAndNewAgents(Running gitlab) {
    String count = "select count(*) from usage_events where name = 'register_agent_at_kas'";
    long before = Long.parseLong(gitlab.sqlValue(count));

    gitlab
        .kas()
        .post(
            EVENTS,
            """
            {"events":{
              "k8s_api_proxy_requests_unique_users_via_ci_access":[{"user_id":1,"project_id":2}],
              "register_agent_at_kas":[
                {"project_id":2,"agent_version":"v18","architecture":"amd64","agent_id":12,
                 "extra_telemetry_data":{"installation_method":"helm","unknown":"x"}},
                {"project_id":3,"agent_version":"v17","architecture":"arm64"}]}}\
            """)
        .expect(204);

    assertThat(Long.parseLong(gitlab.sqlValue(count))).isEqualTo(before + 2);
    assertThat(
            gitlab.sqlValue(
                "select detail from usage_events where detail->>'agent_version' = 'v18' limit 1"))
        .contains("helm")
        .doesNotContain("unknown");
  }

  @Test
  void takesEmptyListsAndRefusesTextsForNumbers(Running gitlab) {
    gitlab.kas().post(EVENTS, "events", Map.of("register_agent_at_kas", List.of())).expect(204);
    gitlab.kas().post(EVENTS, "events", Map.of()).expect(204);
    gitlab.kas().post(EVENTS, "{}").expect(400);
    gitlab
        .kas()
        .post(
            EVENTS,
            "events",
            Map.of(
                "k8s_api_proxy_requests_unique_users_via_ci_access",
                List.of(Map.of("user_id", "wrong", "project_id", 1))))
        .expect(400);
  }

  private static long counter(Running gitlab, String name) {
    String value = gitlab.sqlValue("select value from usage_counters where name = '" + name + "'");
    return value.isEmpty() ? 0 : Long.parseLong(value);
  }
}
