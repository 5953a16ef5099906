package io.mooring.gitlab.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import io.mooring.gitlab.FakeKas;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.kas.KubernetesProxyUrl;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A cluster in a real browser, from a real API server with its own rules about who may see what.
 */
@ExtendWith(GitLabUnderTest.class)
@RealKubernetes
class ClusterPageTest {
  private static Chromium chromium;
  private static URI usual;

  private FakeKas kas;
  private KasProxy proxy;
  private Setup setup;

  private record Setup(long project, long agent, String page, Person developer) {}

  @BeforeAll
  static void start(Running gitlab) {
    chromium = Chromium.start();
    usual = gitlab.bean(KubernetesProxyUrl.class).value();
  }

  @AfterAll
  static void stop(Running gitlab) {
    chromium.close();
    gitlab.bean(KubernetesProxyUrl.class).tell(usual);
  }

  @BeforeEach
  void connect(Running gitlab, ApiServer apiServer) {
    kas = new FakeKas(gitlab.kasSecret(), 0);
    gitlab.application().connectKas(kas.url());
    proxy = new KasProxy(gitlab, apiServer);
    gitlab.bean(KubernetesProxyUrl.class).tell(proxy.url());
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String name = gitlab.sqlValue("select name from cluster_agents where id = " + agent);
    setup =
        new Setup(
            project,
            agent,
            "/" + gitlab.path(project) + "/-/cluster_agents/" + name + "?tab=cluster",
            gitlab.newMember(project, 30));
  }

  @AfterEach
  void disconnect() {
    proxy.close();
    kas.close();
  }

  /** The agent lets developers of its project in, as themselves. */
  private void letIn(Running gitlab) {
    gitlab
        .kas()
        .post(
            "/api/v4/internal/kubernetes/agent_configuration",
            "{\"agent_id\":%d,\"agent_config\":{\"user_access\":{\"access_as\":{\"user\":{}},\"projects\":[{\"id\":\"%s\"}]}}}"
                .formatted(setup.agent(), gitlab.path(setup.project())))
        .expect(204);
  }

  /** The cluster lets them see everything in one namespace. */
  private void grant(TestNamespace namespace) {
    namespace
        .apiServer()
        .kubectl()
        .apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: look, namespace: %1$s}
            rules:
            - {apiGroups: ['*'], resources: ['*'], verbs: [get, list, watch]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: look, namespace: %1$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: look}
            subjects:
            - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'gitlab:project_role:%2$d:developer'}
            """
                .formatted(namespace.name(), setup.project()));
  }

  private Page open(Running gitlab, String more) {
    Page page = chromium.signedIn(gitlab, setup.developer());
    page.navigate(setup.page() + more);
    return page;
  }

  private static Locator row(Page page, String name) {
    return page.locator("#cluster-table tbody tr")
        .filter(new Locator.FilterOptions().setHas(page.locator("th a", named(name))));
  }

  private static Page.LocatorOptions named(String name) {
    return new Page.LocatorOptions().setHasText(java.util.regex.Pattern.compile("^" + name + "$"));
  }

  @Test
  void saysWhichLinesToWriteWhereNobodyIsLetIn(Running gitlab) {
    Page page = open(gitlab, "");

    assertThat(page.locator("#cluster-gate")).containsText("Nobody is let into this cluster");
    assertThat(page.locator("#cluster-gate")).containsText(".gitlab/agents/");
    assertThat(page.getByLabel("Lines for config.yaml"))
        .hasText(
            "user_access:\n  access_as:\n    user: {}\n  projects:\n  - id: "
                + gitlab.path(setup.project()));
    page.context().close();
  }

  @Test
  void callsNoOtherOriginThanKas(Running gitlab) {
    letIn(gitlab);
    Page page = chromium.signedIn(gitlab, setup.developer());

    Response response = Objects.requireNonNull(page.navigate(setup.page()));

    assertThat(response.headerValue("content-security-policy"))
        .endsWith("; connect-src 'self' http://127.0.0.1:" + proxy.url().getPort());
    page.context().close();
  }

  @Test
  void followsWhatIsInANamespace(Running gitlab, TestNamespace namespace) {
    letIn(gitlab);
    grant(namespace);
    namespace.kubectl("create", "deployment", "web", "--image=registry.example/web:1");
    List<String> complaints = new ArrayList<>();
    Page page = open(gitlab, "&kind=deployments.apps&namespace=" + namespace.name());
    page.onConsoleMessage(message -> {
      // The browser tells of the refused list of namespaces by itself.
      if (message.type().equals("error") && !message.text().contains("status of 403")) {
        complaints.add(message.text());
      }
    });

    assertThat(row(page, "web").locator("[data-label=Ready]")).containsText("0/1");
    assertThat(page.locator("#cluster-view > p .badge")).hasText("Live");
    namespace.kubectl("create", "deployment", "queue", "--image=registry.example/queue:1");
    assertThat(row(page, "queue")).isVisible();
    namespace.kubectl("delete", "deployment", "web");
    assertThat(row(page, "web")).hasCount(0);
    page.getByLabel("Name contains").fill("nothing");
    assertThat(page.locator("#cluster-table")).containsText("None of 1 has");
    assertThat(complaints).isEmpty();
    page.context().close();
  }

  @Test
  void showsAnObjectWithItsEventsAndGoesBack(Running gitlab, TestNamespace namespace) {
    letIn(gitlab);
    grant(namespace);
    namespace.kubectl("create", "configmap", "settings", "--from-literal=colour=blue");
    Page page = open(gitlab, "&kind=configmaps&namespace=" + namespace.name());
    row(page, "settings").locator("a").click();

    assertThat(page.locator(".object-title")).hasText("ConfigMap settings");
    assertThat(page.locator("#cluster-events")).containsText("Nothing in the last hour");
    page.locator("summary", named("YAML")).click();
    assertThat(page.getByLabel("YAML of settings")).containsText("colour: blue");
    assertThat(page.getByLabel("YAML of settings")).not().containsText("managedFields");
    page.setViewportSize(390, 780);
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(390);
    namespace.kubectl("patch", "configmap", "settings", "-p", "{\"data\":{\"colour\":\"green\"}}");
    assertThat(page.getByLabel("YAML of settings")).containsText("colour: green");
    namespace.kubectl("delete", "configmap", "settings");
    assertThat(page.locator("#cluster-object .problem")).containsText("It was deleted");
    page.goBack();
    assertThat(page.locator("#cluster-table")).isVisible();
    page.context().close();
  }

  @Test
  void leadsFromADeploymentToItsPods(Running gitlab, TestNamespace namespace) {
    letIn(gitlab);
    grant(namespace);
    namespace.kubectl("create", "deployment", "web", "--image=registry.example/web:1");
    namespace.kubectl("run", "alone", "--image=registry.example/alone:1");
    Page page = open(gitlab, "&kind=deployments.apps&namespace=" + namespace.name() + "&name=web");

    page.locator("#cluster-object a", named("Those with app=web")).click();

    assertThat(page.locator("#cluster-table tbody tr")).hasCount(1);
    assertThat(page.locator("#cluster-table tbody th")).containsText("web-");
    page.locator("#cluster-view a", named("Show all")).click();
    assertThat(row(page, "alone")).isVisible();
    page.context().close();
  }

  @Test
  @Tag("fault-57")
  void neverGetsTheValuesOfSecrets(Running gitlab, TestNamespace namespace) {
    letIn(gitlab);
    grant(namespace);
    String canary = "canary-of-a-cluster-secret";
    String encoded = Base64.getEncoder().encodeToString(canary.getBytes(StandardCharsets.UTF_8));
    namespace.kubectl("create", "secret", "generic", "login", "--from-literal=password=" + canary);
    Page page = open(gitlab, "&kind=secrets&namespace=" + namespace.name());
    assertThat(row(page, "login").locator("[data-label=Data]")).hasText("1");

    row(page, "login").locator("a").click();

    assertThat(page.locator("#cluster-object")).containsText("password");
    page.locator("summary", named("YAML")).click();
    assertThat(page.getByLabel("YAML of login")).containsText("password: \"***\"");
    assertThat(page.getByLabel("YAML of login")).containsText("type: Opaque");
    namespace.kubectl("annotate", "secret", "login", "seen=yes");
    assertThat(page.locator("#cluster-object")).containsText("seen=yes");
    assertThat(page.content()).doesNotContain(canary, encoded);
    assertThat(String.join("", proxy.answers())).contains("login").doesNotContain(canary, encoded);
    page.context().close();
  }

  @Test
  @Tag("fault-57")
  void showsNothingOfASecretThatKubectlApplied(Running gitlab, TestNamespace namespace) {
    letIn(gitlab);
    grant(namespace);
    String canary = "canary-of-an-applied-secret";
    namespace
        .apiServer()
        .kubectl()
        .apply(
            "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"applied\",\"namespace\":\"%s\"},\"stringData\":{\"key\":\"%s\"}}"
                .formatted(namespace.name(), canary));
    Page page = open(gitlab, "&kind=secrets&namespace=" + namespace.name() + "&name=applied");

    assertThat(page.locator("#cluster-object")).containsText("key");
    page.locator("summary", named("YAML")).click();
    assertThat(page.getByLabel("YAML of applied")).containsText("key: \"***\"");
    assertThat(page.content()).doesNotContain(canary);
    page.context().close();
  }

  @Test
  void tellsWhatTheClusterRefusesAndToWhom(Running gitlab, TestNamespace namespace) {
    letIn(gitlab);
    Page page = open(gitlab, "");
    assertThat(page.locator("[data-problem=forbidden]"))
        .containsText("You asked for all namespaces");
    page.locator("input[name=namespace]").fill(namespace.name());
    page.keyboard().press("Enter");
    Locator refusal = page.locator("[data-problem=forbidden]");
    String user = "gitlab:user:" + setup.developer().username();

    assertThat(refusal)
        .containsText("pods is forbidden: User \"" + user + "\" cannot list resource \"pods\"");
    assertThat(refusal).containsText("Asked as " + user);
    assertThat(refusal).containsText("Request id " + KasProxy.REQUEST_ID);
    assertThat(refusal.locator("pre"))
        .containsText("--group=gitlab:project_role:" + setup.project() + ":developer");
    grant(namespace);
    refusal.locator("button", new Locator.LocatorOptions().setHasText("Try again")).click();
    assertThat(page.locator("#cluster-table")).containsText("No Pods in the namespace");
    page.context().close();
  }

  @Test
  void loadsLongListsPageByPage(Running gitlab, TestNamespace namespace) {
    letIn(gitlab);
    grant(namespace);
    var list = new StringBuilder("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[");
    for (int i = 0; i < 130; i++) {
      list.append(i == 0 ? "" : ",")
          .append(
              "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m-%03d\",\"namespace\":\"%s\"}}"
                  .formatted(i, namespace.name()));
    }
    namespace.apiServer().kubectl().command("create", "-f", "-").withInput(list + "]}").output();
    Page page = open(gitlab, "&kind=configmaps&namespace=" + namespace.name());
    Locator rows = page.locator("#cluster-table tbody tr");
    assertThat(rows).hasCount(100);

    page.locator("button", new Page.LocatorOptions().setHasText("Show 100 more")).click();

    assertThat(row(page, "m-129")).isVisible();
    namespace.kubectl("delete", "configmap", "m-129");
    assertThat(row(page, "m-129")).hasCount(0);
    page.context().close();
  }

  @Test
  void followsALogAndKeepsTheNewestLines(Running gitlab, TestNamespace namespace) {
    letIn(gitlab);
    grant(namespace);
    namespace.kubectl("run", "web", "--image=registry.example/web:1");
    proxy.logs("first line", "<b>second</b>");
    Page page = open(gitlab, "&namespace=" + namespace.name() + "&name=web");
    Locator log = page.getByLabel("Log of web");
    assertThat(log).containsText("<b>second</b>");

    for (int i = 0; i < 2100; i++) {
      proxy.logs("line " + i);
    }
    assertThat(log).containsText("line 2099");
    assertThat(log).not().containsText("first line");
    assertThat(log.locator("span")).hasCount(2000);
    assertThat(page.locator("#cluster-log [role=status]")).containsText("older lines were dropped");
    page.locator("button", named("Stop")).click();
    assertThat(page.locator("#cluster-log [role=status]")).hasText("Stopped.");

    proxy.logs("of the run before");
    proxy.endLog();
    proxy.logs("of the run before");
    proxy.endLog();
    page.getByLabel("Of the run before").check();
    assertThat(page.locator("#cluster-log [role=status]")).hasText("The log ends here.");
    assertThat(proxy.queries().getFirst()).isEqualTo("container=web&tailLines=500&follow=true");
    assertThat(proxy.queries().getLast()).isEqualTo("container=web&tailLines=500&previous=true");
    page.context().close();
  }

  @Test
  void saysThatTheAgentIsNotConnectedAndOpensWhenItIs(Running gitlab) {
    letIn(gitlab);
    kas.connect(setup.agent());
    Page page = open(gitlab, "");
    assertThat(page.locator("#cluster-gate")).containsText("The agent is not connected");
    assertThat(page.locator("#live")).hasAttribute("data-state", "live");

    kas.connect(setup.agent(), "v16.5.0");
    SampleSite.report(gitlab, setup.agent(), "\"configuration_applied\":{\"commit_id\":\"\"}");

    assertThat(page.getByLabel("Kind")).isVisible();
    page.context().close();
  }

  @Test
  void saysThatKasFindsNoConnectionOfTheAgent(Running gitlab) {
    letIn(gitlab);
    proxy.away(true);

    Page page = open(gitlab, "");

    assertThat(page.locator("[data-problem=away]")).containsText("The agent is not connected");
    page.context().close();
  }

  @Test
  void saysThatKasCannotBeReached(Running gitlab) {
    letIn(gitlab);
    proxy.close();

    Page page = open(gitlab, "");

    assertThat(page.locator("[data-problem=unreachable]"))
        .containsText("Your browser got no answer from http://127.0.0.1:" + proxy.url().getPort());
    page.context().close();
  }

  @Test
  void saysThatTheBrowserSendsNoCookieToAnotherSite(Running gitlab) {
    letIn(gitlab);
    gitlab.bean(KubernetesProxyUrl.class).tell(proxy.url("localhost"));

    Page page = open(gitlab, "");

    assertThat(page.locator("[data-problem=cookie]")).containsText("two sites");
    page.context().close();
  }

  @Test
  void tellsThatTheRightWasTakenAway(Running gitlab, TestNamespace namespace) {
    letIn(gitlab);
    grant(namespace);
    Page page = open(gitlab, "&kind=configmaps&namespace=" + namespace.name());
    assertThat(page.locator("#cluster-table")).isVisible();
    gitlab.sql("delete from agent_user_access_project_authorizations");

    page.getByLabel("Kind").selectOption("pods");

    assertThat(page.locator("[data-problem=session]")).containsText("kas does not let you in");
    page.reload();
    assertThat(page.locator("#cluster-gate")).containsText("Nobody is let into this cluster");
    page.context().close();
  }
}
