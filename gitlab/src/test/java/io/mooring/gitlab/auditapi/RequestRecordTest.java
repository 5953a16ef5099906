package io.mooring.gitlab.auditapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.audit.RequestRecords;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What kas writes down of requests to clusters, and who may read it. */
@ExtendWith(GitLabUnderTest.class)
class RequestRecordTest {
  private static final String PATH = "/api/v4/internal/kubernetes/audit_records";
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

  @Test
  void storesEveryMemberOnceHoweverOftenItComes(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("request_id", GitLabUnderTest.unique("request-"));
    whole.put("time", "2026-11-23T10:00:00.123456789Z");
    whole.put("duration_ms", 12);
    whole.put("agent_id", Long.toString(agent));
    whole.put("config_project_id", project);
    whole.put("credential", "ci_job");
    whole.put("user_id", 7);
    whole.put("username", "ann");
    whole.put("job_id", 8);
    whole.put("ci_project_id", 9);
    whole.put("identity", "gitlab:ci_job:8");
    whole.put("method", "GET");
    whole.put("path", "/api/v1/namespaces/a/pods/p/log");
    whole.put("verb", "get");
    whole.put("api_group", "");
    whole.put("api_version", "v1");
    whole.put("resource", "pods");
    whole.put("subresource", "log");
    whole.put("namespace", "a");
    whole.put("name", "p");
    whole.put("status", 200);
    whole.put("bytes_in", 0);
    whole.put("bytes_out", 5_000_000_000L);
    whole.put("upgraded", false);
    whole.put("refusal", "none");
    whole.put("client_address", "192.0.2.1");
    whole.put("user_agent", "kubectl/v1.33");

    send(gitlab, List.of(whole)).expect(204);
    send(gitlab, List.of(whole, whole)).expect(204);

    JsonNode stored = gitlab.root().get(of(project, agent)).expect(200).json();
    assertThat(stored.size()).isEqualTo(1);
    whole.put("agent_id", agent);
    whole.put("time", "2026-11-23T10:00:00.123Z");
    whole.forEach((name, value) ->
        assertThat(stored.get(0).path(name).asString()).as(name).isEqualTo(value.toString()));
    assertThat(stored.get(0).size()).isEqualTo(whole.size() + 1);
  }

  @Test
  void leavesOutWhatKasDoesNotKnow(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);

    send(gitlab, List.of(record(agent, 0, "status", 401, "future", true))).expect(204);

    JsonNode stored = gitlab.root().get(of(project, agent)).expect(200).json().get(0);
    assertThat(stored.propertyNames())
        .containsExactlyInAnyOrder("id", "request_id", "time", "agent_id", "status");
  }

  @Test
  void storesNothingOfABatchThatCannotBeRead(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    Map<String, Object> without = record(agent, 1);
    without.remove("request_id");
    Map<String, Object> wrong = record(agent, 2, "time", "yesterday");

    Api.Answer answer = send(gitlab, List.of(record(agent, 0), without, wrong));

    assertThat(answer.expect(400).json().path("error").asString())
        .isEqualTo("records[1][request_id] is missing, records[2][time] is invalid");
    assertThat(gitlab.root().get(of(project, agent)).expect(200).json().isEmpty()).isTrue();
    gitlab.kas().post(PATH, "{}").expect(400);
    gitlab.kas().post(PATH, "{\"records\":7}").expect(400);
    gitlab.kas().post(PATH, "{\"records\":[]}").expect(204);
    gitlab.anonymous().post(PATH, "{\"records\":[]}").expect(401);
    gitlab.root().post(PATH, "{\"records\":[]}").expect(401);
  }

  @Test
  void cutsAndCleansWhatAClientWrote(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);

    send(
            gitlab,
            List.of(
                record(agent, 0, "user_agent", "a\0b", "path", "/" + "x".repeat(5000), "verb", 7)))
        .expect(204);

    JsonNode stored = gitlab.root().get(of(project, agent)).expect(200).json().get(0);
    assertThat(stored.path("user_agent").asString()).isEqualTo("ab");
    assertThat(stored.path("path").asString()).hasSize(2048);
    assertThat(stored.has("verb")).isFalse();
  }

  @Test
  void leadsFromPageToPageNewestFirst(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    // Two records a moment, so that a page ends between two of the same time.
    send(
            gitlab,
            IntStream.range(0, 11).mapToObj(i -> record(agent, i / 2, "status", 200 + i)).toList())
        .expect(204);

    List<Long> seen = new ArrayList<>();
    String next = of(project, agent) + "?per_page=3&verb=get";
    int pages = 0;
    while (!next.isEmpty()) {
      Api.Answer page = gitlab.root().get(next).expect(200);
      page.json().forEach(node -> seen.add(node.path("status").asLong()));
      Matcher link =
          Pattern.compile("<%s([^>]*)>; rel=\"next\"".formatted(gitlab.application().url()))
              .matcher(page.header("Link"));
      next = link.matches() ? link.group(1) : "";
      assertThat(next.isEmpty() || next.contains("verb=get")).isTrue();
      pages++;
    }

    assertThat(pages).isEqualTo(4);
    assertThat(seen)
        .containsExactly(210L, 209L, 208L, 207L, 206L, 205L, 204L, 203L, 202L, 201L, 200L);
    gitlab.root().get(of(project, agent) + "?cursor=garbage").expect(400);
    gitlab.root().get(of(project, agent) + "?per_page=0").expect(400);
  }

  @ParameterizedTest
  @CsvSource({
    "username=ann, 0 2",
    "credential=ci_job, 1",
    "verb=delete, 2",
    "resource=secrets, 1",
    "namespace=kube-system, 0",
    "status=403, 1 2",
    "status=403&username=ann, 2",
    "after=2026-11-23T10:00:02Z, 2",
    "before=2026-11-23T10:00:00Z, 0",
    "after=2026-11-24, ''",
    "username=nobody, ''",
  })
  void filters(String filter, String expected, Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String run = GitLabUnderTest.unique("");
    send(
            gitlab,
            List.of(
                record(agent, 0, "username", "ann", "namespace", "kube-system", "name", "0" + run),
                record(
                    agent,
                    1,
                    "credential",
                    "ci_job",
                    "resource",
                    "secrets",
                    "status",
                    403,
                    "name",
                    "1" + run),
                record(
                    agent,
                    2,
                    "username",
                    "ann",
                    "verb",
                    "delete",
                    "status",
                    403,
                    "name",
                    "2" + run)))
        .expect(204);

    for (String list :
        List.of(of(project, agent) + "?", "/api/v4/admin/audit?agent_id=" + agent + "&")) {
      assertThat(
              gitlab
                  .root()
                  .get(list + filter)
                  .expect(200)
                  .json()
                  .valueStream()
                  .map(node -> node.path("name").asString().substring(0, 1)))
          .containsExactlyInAnyOrder(expected.isEmpty() ? new String[0] : expected.split(" ", -1));
    }
  }

  @Test
  void isForMaintainersOfTheAgentAndForAdministrators(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    long other = gitlab.newProject("private");
    Person maintainer = gitlab.newMember(project, 40);

    maintainer.api().get(of(project, agent)).expect(200);
    maintainer.api().get("/api/v4/admin/audit").expect(403);
    gitlab.newMember(project, 30).api().get(of(project, agent)).expect(403);
    gitlab.newUser().api().get(of(project, agent)).expect(404);
    gitlab.anonymous().get(of(project, agent)).expect(404);
    gitlab.anonymous().get("/api/v4/admin/audit").expect(401);
    gitlab.root().get(of(other, agent)).expect(404);
    assertThat(gitlab.root().get("/api/v4/admin/audit?credential=x").expect(400).body())
        .contains("credential does not have a valid value");
  }

  @Test
  void forgetsWhatIsOlderThanTheOperatorKeeps(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    send(gitlab, List.of(record(agent, 0, "name", "old"), record(agent, 1, "name", "new")))
        .expect(204);
    gitlab.sql(
        "update kubernetes_audit_records set time = now() - interval '91 days' where name = 'old' and agent_id = "
            + agent);
    gitlab.sql(
        "update kubernetes_audit_records set time = now() - interval '89 days' where name = 'new' and agent_id = "
            + agent);

    gitlab.bean(RequestRecords.class).purge();

    assertThat(
            gitlab.sqlValue(
                "select string_agg(name, ' ') from kubernetes_audit_records where agent_id = "
                    + agent))
        .isEqualTo("new");
  }

  private static String of(long project, long agent) {
    return "/api/v4/projects/%d/cluster_agents/%d/audit".formatted(project, agent);
  }

  private static Api.Answer send(Running gitlab, List<Map<String, Object>> records) {
    return gitlab.kas().post(PATH, "records", records);
  }

  /** A record of so many seconds after the start; verb is get unless told. */
  private static Map<String, Object> record(long agent, int second, Object... more) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("request_id", GitLabUnderTest.unique("request-"));
    record.put("time", START.plusSeconds(second).toString());
    record.put("agent_id", agent);
    if (more.length != 4 || !more[2].equals("future")) {
      record.put("verb", "get");
    }
    for (int i = 0; i < more.length; i += 2) {
      record.put((String) more[i], more[i + 1]);
    }
    return record;
  }
}
