package io.mooring.allinone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.SelectOption;
import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.browser.Chromium;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * What a person does in a browser from the first sign-in on, with a real agent, cluster and git: no
 * page is reloaded where it says that it changes by itself.
 */
@TestInstance(Lifecycle.PER_CLASS)
class JourneyTest {

  private static final String PROJECT = Sample.PROJECT;
  private static final String AGENT = Sample.AGENT;
  private static final String AGENT_PAGE = "/" + PROJECT + "/-/cluster_agents/" + AGENT;
  private static final Pattern TOKEN = Pattern.compile("^glagent-[A-Za-z0-9_-]+$");
  private static final String PASSWORD = "long enough for a guest";

  private Stack stack;
  private Chromium chromium;
  private Page page;

  @BeforeAll
  void start() throws IOException {
    Progress silent =
        new Progress(new PrintStream(PrintStream.nullOutputStream()), InstantSource.system());
    stack = Stack.start(Stack.Options.of(Optional.empty(), Optional.empty()), silent);
    chromium = Chromium.start();
    page = chromium.window(stack.gitlab(), ColorScheme.LIGHT, 1280, 900);
  }

  @AfterAll
  void stop() {
    chromium.close();
    stack.close();
  }

  @Test
  void takesAPersonFromTheFirstSignInToARotatedToken() throws Exception {
    signsInAndMakesAProject();
    turnsGreenByItselfWhenTheAgentConnects();
    Worktree tree = showsWhatIsDeployedAsItIsPushed();
    showsTheLineOfABrokenManifest(tree);
    new ClusterJourney(page, stack, AGENT_PAGE).run();
    rotatesTheTokenWithoutDowntime(tree);
    showsNothingOfItToAPersonWithoutRights();
  }

  private void signsInAndMakesAProject() throws Exception {
    signIn(page, "root", Files.readString(stack.passwordFile()).strip());
    stack.rest().create("/groups", Map.of("name", Sample.GROUP, "path", Sample.GROUP));

    page.navigate("/projects/new");
    page.getByLabel("Name").fill("sample");
    page.locator("select[name=namespace_id]")
        .selectOption(new SelectOption().setLabel(Sample.GROUP));
    button("Create project").click();

    page.waitForURL("**/" + PROJECT + "*");
    assertThat(page.locator("h1")).containsText("sample");
  }

  private void turnsGreenByItselfWhenTheAgentConnects() throws Exception {
    page.navigate("/" + PROJECT + "/-/clusters/new");
    page.getByLabel("Name").fill(AGENT);
    button("Register").click();
    assertThat(page.locator("#agent-status")).containsText("Waiting for " + AGENT);

    stack.startAgent(shownToken());

    Locator status = page.locator("#agent-status.good");
    assertThat(status).containsText(AGENT + " is connected.");
  }

  private Worktree showsWhatIsDeployedAsItIsPushed() throws Exception {
    page.navigate(AGENT_PAGE);
    Worktree tree =
        Worktree.clone(
            stack.gitlab(), PROJECT, stack.token(), stack.workDirectory(), stack.clock());
    Sample.write(tree);
    tree.push("Add the sample");
    assertThat(object("greeting")).containsText("ConfigMap");

    tree.remove(Sample.SERVICE).write("manifests/second.yaml", configMap("second")).push("Change");

    assertThat(object("second")).isVisible();
    assertThat(object("greeter").filter(ofKind("Service"))).hasCount(0);
    return tree;
  }

  private void showsTheLineOfABrokenManifest(Worktree tree) throws Exception {
    tree.write("manifests/broken.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: x\n")
        .push("Break it");

    Locator problem = page.locator("#deployments .problems li").first();
    assertThat(problem).containsText("manifests/broken.yaml:4:1");
    problem.locator("a").click();
    assertThat(page.locator("#L4")).isVisible();

    page.navigate(AGENT_PAGE);
    tree.remove("manifests/broken.yaml").push("Mend it");
    assertThat(page.locator("#deployments .problems li")).hasCount(0);
  }

  private void rotatesTheTokenWithoutDowntime(Worktree tree) throws Exception {
    page.navigate(AGENT_PAGE + "?tab=tokens");
    page.getByLabel("Name").fill("second");
    button("Create token").click();
    // agentk reads the file again when it changes.
    Files.writeString(stack.state().path("agent-token"), shownToken().text());
    page.navigate(AGENT_PAGE + "?tab=tokens");
    tree.write("manifests/third.yaml", configMap("third")).push("Use the new token");
    assertThat(row("second").locator("td").first()).not().containsText("never");

    row("first").locator("summary").click();
    row("first").getByText("Revoke it").click();

    assertThat(row("first")).hasCount(0);
    page.navigate(AGENT_PAGE);
    tree.write("manifests/fourth.yaml", configMap("fourth")).push("Deploy on");
    assertThat(object("fourth")).isVisible();
  }

  private void showsNothingOfItToAPersonWithoutRights() throws Exception {
    stack
        .rest()
        .create(
            "/users",
            Map.of(
                "username", "guest",
                "name", "Guest",
                "email", "guest@example.com",
                "password", PASSWORD));
    Page other = chromium.window(stack.gitlab(), ColorScheme.DARK, 1280, 900);
    signIn(other, "guest", PASSWORD);

    for (String hidden :
        List.of(
            "/" + PROJECT,
            "/" + PROJECT + "/-/clusters",
            AGENT_PAGE,
            AGENT_PAGE + "?tab=tokens",
            AGENT_PAGE + "?tab=cluster")) {
      Response response = Objects.requireNonNull(other.navigate(hidden));
      assertThat(response.status()).as(hidden).isEqualTo(404);
      assertThat(response.text()).doesNotContain("greeting", "glagent-");
    }
    other.navigate("/dashboard/projects");
    assertThat(other.locator("main")).not().containsText("sample");
  }

  private static void signIn(Page page, String username, String password) {
    page.navigate("/users/sign_in");
    page.getByLabel("Username or email").fill(username);
    page.getByLabel("Password").fill(password);
    page.locator("main form button").click();
    page.waitForURL("**/dashboard");
  }

  private Locator button(String text) {
    return page.locator("main button", new Page.LocatorOptions().setHasText(text));
  }

  private Locator object(String name) {
    return page.locator("#deployments li.object")
        .filter(
            new Locator.FilterOptions()
                .setHas(
                    page.locator(
                        "strong",
                        new Page.LocatorOptions().setHasText(Pattern.compile("^" + name + "$")))));
  }

  private Locator.FilterOptions ofKind(String kind) {
    return new Locator.FilterOptions()
        .setHas(
            page.locator(
                ".kind", new Page.LocatorOptions().setHasText(Pattern.compile("^" + kind + "$"))));
  }

  private Locator row(String token) {
    return page.locator("#tokens tbody tr")
        .filter(
            new Locator.FilterOptions()
                .setHas(page.locator("th", new Page.LocatorOptions().setHasText(token))));
  }

  /** The token as the page shows it this once. */
  private Secret shownToken() {
    return Secret.of(
        page.locator("main code", new Page.LocatorOptions().setHasText(TOKEN)).first().innerText());
  }

  private static String configMap(String name) {
    return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\n";
  }
}
