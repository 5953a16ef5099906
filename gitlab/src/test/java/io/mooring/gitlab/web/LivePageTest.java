package io.mooring.gitlab.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.mooring.gitlab.FakeKas;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pages in a real browser: what changes without being reloaded. */
@ExtendWith(GitLabUnderTest.class)
class LivePageTest {
  private static final LocatorAssertions.ContainsTextOptions WITHIN =
      new LocatorAssertions.ContainsTextOptions().setTimeout(30_000);

  private static Chromium chromium;

  @BeforeAll
  static void start() {
    chromium = Chromium.start();
  }

  @AfterAll
  static void stop() {
    chromium.close();
  }

  @Test
  void leadsFromSignInToAnAgentThatTurnsGreenByItself(Running gitlab) {
    try (var kas = new FakeKas(gitlab.kasSecret(), 0)) {
      gitlab.application().connectKas(kas.url());
      Person person = gitlab.newUser();
      Page page = chromium.signedIn(gitlab, person);
      List<String> complaints = new ArrayList<>();
      page.onConsoleMessage(message -> {
        if (message.type().equals("error")) {
          complaints.add(message.text());
        }
      });
      page.navigate("/projects/new");
      page.getByLabel("Name").fill("Harbour");
      page.locator("main form button").click();
      page.waitForURL("**/harbour?notice=project-created");
      page.navigate("/" + person.username() + "/harbour/-/clusters/new");
      page.getByLabel("Name").fill("pier");
      page.locator("main form button").click();
      long agent =
          Long.parseLong(
              gitlab.sqlValue(
                  "select a.id from cluster_agents a join projects p on p.id = a.project_id"
                      + " where a.name = 'pier' and p.creator_id = "
                      + person.id()));
      kas.connect(agent);
      assertThat(page.locator("#agent-status")).containsText("Waiting for pier");
      assertThat(page.locator("#live")).hasAttribute("data-state", "live");
      String token = page.getByLabel("Token").textContent();

      kas.connect(agent, "v16.5.0");
      gitlab.kas(token).get("/api/v4/internal/kubernetes/agent_info").expect(200);
      SampleSite.report(gitlab, agent, "\"configuration_applied\":{\"commit_id\":\"\"}");

      assertThat(page.locator("#agent-status.good")).containsText("pier is connected");
      Assertions.assertThat(complaints).isEmpty();
      page.context().close();
    }
  }

  @Test
  void changesTheTreeOfWhatIsDeployedAndShowsTheLineOfABrokenManifest(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String name = gitlab.sqlValue("select name from cluster_agents where id = " + agent);
    Page page = chromium.signedIn(gitlab, gitlab.newMember(project, 30));
    page.navigate("/" + gitlab.path(project) + "/-/cluster_agents/" + name);
    assertThat(page.locator("#deployments")).containsText("Nothing is deployed yet");
    assertThat(page.locator("#live")).hasAttribute("data-state", "live");

    SampleSite.report(
        gitlab,
        agent,
        "\"object_states\":{\"project_id\":\"a/b\",\"reset\":true,\"states\":[{\"object\":{\"group\":\"apps\",\"kind\":\"Deployment\",\"namespace\":\"shop\",\"name\":\"web\"},\"action\":\"CONFIGURED\",\"health\":\"CURRENT\",\"source\":{\"file\":\"web.yaml\",\"line\":3}}]}");
    SampleSite.report(
        gitlab,
        agent,
        "\"sync_finished\":{\"project_id\":\"a/b\",\"commit_id\":\"0123456789\",\"outcome\":\"FAILED\",\"problems\":[{\"file\":\"web.yaml\",\"line\":7,\"column\":13,\"message\":\"spec.replicas: many\",\"expected\":\"a number\"}]}");

    assertThat(page.locator("#deployments .object")).containsText("Healthy");
    assertThat(page.locator("#deployments .problems")).containsText("web.yaml:7:13");
    page.context().close();
  }

  @Test
  void marksAnAgentThatWentAwayAndForgetsTheMarkWhenItIsBack(Running gitlab) {
    try (var kas = new FakeKas(gitlab.kasSecret(), 0)) {
      gitlab.application().connectKas(kas.url());
      long project = gitlab.newProject("private");
      long agent = gitlab.newAgent(project);
      gitlab
          .kas(gitlab.newAgentToken(project, agent))
          .get("/api/v4/internal/kubernetes/agent_info")
          .expect(200);
      Page page = chromium.signedIn(gitlab, gitlab.newMember(project, 30));
      page.navigate("/" + gitlab.path(project) + "/-/clusters");
      assertThat(page.locator("#live")).hasAttribute("data-state", "live");
      assertThat(page.locator("#agents")).not().containsText("Lost");

      kas.connect(agent);
      SampleSite.report(gitlab, agent, "\"agent_disconnected\":{}");
      // Two minutes later.
      gitlab.sql("update agent_presences set due_at = now() where agent_id = " + agent);
      assertThat(page.locator("#agents")).containsText("Lost", WITHIN);
      page.navigate("/dashboard");
      assertThat(page.locator("#attention")).containsText("Lost", WITHIN);
      assertThat(page.locator("#live")).hasAttribute("data-state", "live");
      kas.connect(agent, "v16.5.0");
      SampleSite.report(gitlab, agent, "\"agent_connected\":{}");
      gitlab.sql("update agent_presences set due_at = now() where agent_id = " + agent);

      assertThat(page.locator("#newest")).not().containsText("Lost", WITHIN);
      page.context().close();
    }
  }

  @Test
  void remembersTheColoursThatSomebodyChose(Running gitlab) {
    Page page = chromium.window(gitlab.application().url(), ColorScheme.LIGHT, 800, 600);
    page.navigate("/users/sign_in");
    page.getByLabel("Light or dark").click();
    assertThat(page.locator("html")).hasAttribute("data-theme", "dark");

    page.reload();

    assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
    page.context().close();
  }
}
