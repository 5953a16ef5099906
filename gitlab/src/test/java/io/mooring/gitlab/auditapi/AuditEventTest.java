package io.mooring.gitlab.auditapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.http.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What people change is written down, and shown to those who may change it. */
@ExtendWith(GitLabUnderTest.class)
class AuditEventTest {
  @Test
  void tellsOfEveryChangeOfAccessToAProject(Running gitlab) {
    long project = gitlab.newProject("private");
    Person maintainer = gitlab.newMember(project, 40);
    Person other = gitlab.newMember(project, 20);
    Api api = maintainer.api();
    String path = "/api/v4/projects/" + project;
    long agent = api.post(path + "/cluster_agents", "name", "a").expect(201).id();
    String tokens = path + "/cluster_agents/" + agent + "/tokens";
    JsonNode token = api.post(tokens, "name", "t").expect(201).json();
    api.delete(tokens + "/" + token.path("id").asLong()).expect(204);
    api.put(path + "/members/" + other.id(), Api.object("access_level", 30)).expect(200);
    api.delete(path + "/members/" + other.id()).expect(204);
    api.put(path, Api.object("visibility", "public", "description", "d")).expect(200);
    api.delete(path + "/cluster_agents/" + agent).expect(204);

    List<JsonNode> events = events(api, path + "/audit_events?per_page=100");

    assertThat(events)
        .extracting(event -> event.path("event_name").asString())
        .containsExactly(
            "cluster_agent_deleted",
            "project_updated",
            "member_destroyed",
            "member_updated",
            "cluster_agent_token_revoked",
            "cluster_agent_token_created",
            "cluster_agent_created",
            "member_created",
            "member_created",
            "project_created");
    assertThat(events.get(3).path("details").path("change"))
        .isEqualTo(Json.MAPPER.readTree("{\"from\":\"reporter\",\"to\":\"developer\"}"));
    assertThat(events.get(1).path("details").path("change").path("visibility"))
        .isEqualTo(Json.MAPPER.readTree("{\"from\":\"private\",\"to\":\"public\"}"));
    assertThat(events.get(5).toString()).doesNotContain(token.path("token").asString());
    assertThat(events.get(5).path("author_id").asLong()).isEqualTo(maintainer.id());
    assertThat(events.get(5).path("entity_type").asString()).isEqualTo("project");
    assertThat(events.get(5).path("details").path("target_details").asString()).isEqualTo("t");
  }

  @Test
  void tellsWhenAConfigurationServesOtherPeople(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String access = "{\"ci_access\":{\"projects\":[{\"id\":\"a/b\"}]}}";
    String same = "{\"ci_access\":{\"projects\":[{\"id\":\"a/b\"}]},\"gitops\":{}}";

    for (String configuration : List.of("{}", access, same, "{}")) {
      gitlab
          .kas()
          .post(
              "/api/v4/internal/kubernetes/agent_configuration",
              "{\"agent_id\":\"%d\",\"agent_config\":%s}".formatted(agent, configuration))
          .expect(204);
    }

    List<JsonNode> events =
        events(gitlab.root(), "/api/v4/projects/" + project + "/audit_events").stream()
            .filter(
                event -> event.path("event_name").asString().equals("cluster_agent_access_changed"))
            .toList();
    assertThat(events).hasSize(2);
    assertThat(events.get(1).path("details").path("change"))
        .isEqualTo(
            Json.MAPPER.readTree(
                "{\"ci_access\":{\"from\":{},\"to\":{\"projects\":[{\"id\":\"a/b\"}]}}}"));
    assertThat(events.get(1).path("details").path("author_name").asString()).isEqualTo("system");
  }

  @Test
  void writesNothingDownWhenNothingChanged(Running gitlab) {
    long project = gitlab.newProject("private");
    String path = "/api/v4/projects/" + project;
    int before = events(gitlab.root(), path + "/audit_events").size();

    gitlab.root().put(path, Api.object("visibility", "private")).expect(200);
    gitlab.root().post(path + "/cluster_agents", "name", "-bad-").expect(400);
    gitlab.root().delete(path + "/members/99999999").expect(404);

    assertThat(events(gitlab.root(), path + "/audit_events")).hasSize(before);
  }

  @Test
  void outlivesWhatItTellsOfForAdministrators(Running gitlab) {
    long group = gitlab.newGroup();
    String path = "/api/v4/groups/" + group;
    gitlab.root().put(path, Api.object("description", "d")).expect(200);
    assertThat(events(gitlab.root(), path + "/audit_events"))
        .extracting(event -> event.path("event_name").asString())
        .containsExactly("group_updated", "group_created");
    gitlab.root().delete(path).expect(202);

    assertThat(events(gitlab.root(), "/api/v4/audit_events?entity_type=Group&entity_id=" + group))
        .extracting(event -> event.path("event_name").asString())
        .containsExactly("group_destroyed", "group_updated", "group_created");
  }

  @Test
  void isFoundByWhoDidWhatWhen(Running gitlab) {
    Person person = gitlab.newUser();
    gitlab.root().post("/api/v4/users/" + person.id() + "/block").expect(201);
    gitlab.root().post("/api/v4/users/" + person.id() + "/unblock").expect(201);
    String of = "/api/v4/audit_events?entity_type=user&entity_id=" + person.id();

    assertThat(events(gitlab.root(), of + "&author_id=1&event_name=user_blocked")).hasSize(1);
    assertThat(events(gitlab.root(), of + "&author_id=" + person.id())).isEmpty();
    assertThat(events(gitlab.root(), of + "&created_before=2000-01-01")).isEmpty();
    assertThat(events(gitlab.root(), of + "&created_after=2000-01-01T00:00:00Z")).hasSize(3);
    gitlab.root().get(of + "&created_after=soon").expect(400);
    gitlab.root().get("/api/v4/audit_events?entity_type=planet").expect(400);
  }

  private static List<JsonNode> events(Api api, String path) {
    return api.get(path).expect(200).json().valueStream().toList();
  }
}
