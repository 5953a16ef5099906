package io.mooring.gitlab.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ceilings as administrators set them in a form, and as others see them. */
@ExtendWith(GitLabUnderTest.class)
class CeilingPageTest {
  private static Api admin(Running gitlab) {
    Person person = gitlab.newUser();
    gitlab.sql("update users set admin = true where id = " + person.id());
    return PageTest.pages(gitlab, person);
  }

  private static String page(long agent) {
    return "/admin/cluster_agents/" + agent + "/ceiling";
  }

  private static String stored(Running gitlab, long agent) {
    return gitlab
        .root()
        .get("/api/v4/admin/cluster_agents/" + agent + "/ceiling")
        .json()
        .path("ceiling")
        .toString();
  }

  @Test
  void setsWhatIsLimitedAndNothingElse(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    long group = gitlab.newGroup();
    String groupPath = gitlab.sqlValue("select path from routes where namespace_id = " + group);
    Api admin = admin(gitlab);
    assertThat(admin.get("/admin/ceilings").expect(200).body()).contains("Ceilings");

    PageTest.form(
            admin,
            page(agent),
            "limit_projects",
            "true",
            "projects",
            gitlab.path(project) + "\r\n",
            "limit_groups",
            "true",
            "groups",
            groupPath,
            "limit_verbs",
            "true",
            "verbs[]",
            "get",
            "verbs[]",
            "list",
            "limit_namespaces",
            "true",
            "namespaces",
            "team-*, shop",
            "limit_identities",
            "true",
            "subresources",
            "log",
            "non_resource_paths",
            "true")
        .expect(303);

    assertThat(stored(gitlab, agent))
        .isEqualTo(
            "{\"projects\":[%d],\"groups\":[%d],\"identities\":[],\"verbs\":[\"get\",\"list\"],\"namespaces\":[\"team-*\",\"shop\"]}"
                .formatted(project, group));
    String again = admin.get(page(agent)).expect(200).body();
    assertThat(again)
        .contains(gitlab.path(project) + "</textarea>")
        .contains("team-*\nshop</textarea>")
        .contains("value=\"get\" checked")
        .contains("Remove the ceiling");
    assertThat(
            gitlab.root().get("/api/v4/projects/" + project + "/audit_events").expect(200).body())
        .contains("cluster_agent_ceiling_set");

    PageTest.form(admin, page(agent) + "/remove").expect(303);
    assertThat(admin.get(page(agent)).body()).doesNotContain("Remove the ceiling");
  }

  @Test
  void saysBesideTheFieldWhatIsWrongAndKeepsWhatWasTyped(Running gitlab) {
    long agent = gitlab.newAgent(gitlab.newProject("private"));

    String answer =
        PageTest.form(
                admin(gitlab),
                page(agent),
                "limit_projects",
                "true",
                "projects",
                "no/such",
                "limit_verbs",
                "true",
                "verbs[]",
                "lst",
                "limit_namespaces",
                "true",
                "namespaces",
                "fine Team_A")
            .expect(422)
            .body();

    assertThat(answer)
        .contains("Nothing was changed")
        .containsPattern(
            "(?s)id=\"projects-problems\"><li>nothing is at no/such \\(expected: the full path of a project\\)")
        .containsPattern("(?s)id=\"verbs-problems\"><li>is &quot;lst&quot; \\(expected: one of")
        .containsPattern("(?s)id=\"namespaces-problems\"><li>is &quot;Team_A&quot;")
        .contains("fine Team_A</textarea>")
        .contains("aria-describedby=\"namespaces-problems\"");
    gitlab.root().get("/api/v4/admin" + page(agent).substring(6)).expect(404);
  }

  @Test
  void isForAdministratorsAloneButReadOnTheAgentsPage(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    long hidden = gitlab.newProject("private");
    String name = gitlab.sqlValue("select name from cluster_agents where id = " + agent);
    gitlab
        .root()
        .put(
            "/api/v4/admin/cluster_agents/" + agent + "/ceiling",
            "{\"projects\":[%d,%d],\"verbs\":[\"get\"]}".formatted(project, hidden))
        .expect(200);
    Api developer = PageTest.pages(gitlab, gitlab.newMember(project, 30));

    developer.get("/admin/ceilings").expect(404);
    developer.get(page(agent)).expect(404);
    PageTest.form(developer, page(agent), "limit_verbs", "true").expect(404);
    PageTest.form(developer, page(agent) + "/remove").expect(404);
    String access =
        developer
            .get("/" + gitlab.path(project) + "/-/cluster_agents/" + name + "?tab=access")
            .expect(200)
            .body();

    assertThat(access)
        .contains("What an administrator allows at most")
        .contains("<span class=\"chip\">" + gitlab.path(project) + "</span>")
        .contains("<span class=\"chip\">project " + hidden + "</span>")
        .doesNotContain(gitlab.path(hidden))
        .doesNotContain("Change it");
    assertThat(stored(gitlab, agent)).contains("get");
  }
}
