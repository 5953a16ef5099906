package io.mooring.gitlab.web;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.LoadState;
import io.mooring.gitlab.FakeKas;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.kas.KubernetesProxyUrl;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.SharedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Takes pictures of every page: light, dark, and on a phone. Run by {@code scripts/screenshots}.
 */
final class Screenshots {
  private record View(String name, ColorScheme scheme, int width, int height) {}

  private static final View[] VIEWS = {
    new View("light", ColorScheme.LIGHT, 1200, 780),
    new View("dark", ColorScheme.DARK, 1200, 780),
    new View("phone", ColorScheme.LIGHT, 390, 780)
  };

  private Screenshots() {}

  /** First argument: the directory for the pictures; others: names of pages, else all. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    Set<String> only = Set.of(Arrays.copyOfRange(arguments, 1, arguments.length));
    ApiServer cluster = SharedCluster.cluster().apiServer();
    SampleCluster.make(cluster);
    try (Running gitlab = Running.begin();
        FakeKas kas = new FakeKas(gitlab.kasSecret(), 0);
        KasProxy proxy = new KasProxy(gitlab, cluster);
        Chromium chromium = Chromium.start()) {
      gitlab.application().connectKas(kas.url());
      gitlab.bean(KubernetesProxyUrl.class).tell(proxy.url());
      SampleSite site = SampleSite.make(gitlab, kas);
      for (View view : VIEWS) {
        Page page =
            chromium.window(gitlab.application().url(), view.scheme(), view.width(), view.height());
        page.navigate("/users/sign_in");
        take(page, directory, only, view, "sign-in");
        Chromium.signIn(page, "ada", SampleSite.PASSWORD);
        for (Map.Entry<String, String> entry : pages(gitlab, site).entrySet()) {
          if (only.isEmpty() || only.contains(entry.getKey())) {
            if (entry.getKey().equals("agent-cluster-pod")) {
              proxy.logs(SampleCluster.log());
            }
            page.navigate(entry.getValue());
            awaitCluster(page, entry.getKey());
            take(page, directory, only, view, entry.getKey());
            if (entry.getKey().equals("agent-cluster-pod")) {
              // Whoever still reads this log must not take the lines of the next picture.
              proxy.endLog();
            }
          }
        }
        page.context().close();
      }
    }
    System.exit(0);
  }

  private static void take(Page page, Path directory, Set<String> only, View view, String name)
      throws IOException {
    if (!only.isEmpty() && !only.contains(name)) {
      return;
    }
    page.waitForLoadState(LoadState.LOAD);
    SmallPng.write(
        page.screenshot(new Page.ScreenshotOptions().setFullPage(view.width() > 1000)),
        directory.resolve(name + "-" + view.name() + ".png"));
  }

  /** What the browser asks the cluster for comes after the page. */
  private static void awaitCluster(Page page, String name) {
    switch (name) {
      case "agent-cluster" -> page.locator("#cluster-table tbody tr").first().waitFor();
      case "agent-cluster-pod" ->
          page.locator(".log span").nth(SampleCluster.log().length - 1).waitFor();
      case "agent-cluster-refused" -> page.locator("[data-problem]").waitFor();
      default -> {}
    }
  }

  static Map<String, String> pages(Running gitlab, SampleSite site) {
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put("home", "/dashboard");
    pages.put("agents", "/acme/shop/-/clusters");
    pages.put("all-agents", "/dashboard/agents");
    pages.put("register", "/acme/shop/-/clusters/new");
    pages.put("agent-deployments", "/acme/shop/-/cluster_agents/production");
    pages.put("agent-failed", "/acme/shop/-/cluster_agents/staging");
    String cluster = "/acme/shop/-/cluster_agents/production?tab=cluster";
    pages.put("agent-cluster", cluster + "&namespace=shop");
    pages.put("agent-cluster-pod", cluster + "&namespace=shop&name=web-6c9f7d5b8-4kq2x");
    pages.put("agent-cluster-refused", cluster + "&kind=secrets&namespace=shop");
    pages.put("agent-cluster-closed", "/acme/shop/-/cluster_agents/edge?tab=cluster");
    pages.put("agent-activity", "/acme/shop/-/cluster_agents/production?tab=activity");
    pages.put("agent-pods", "/acme/shop/-/cluster_agents/production?tab=pods");
    pages.put("agent-tokens", "/acme/shop/-/cluster_agents/production?tab=tokens");
    pages.put("agent-configuration", "/acme/shop/-/cluster_agents/edge?tab=configuration");
    pages.put("agent-access", "/acme/shop/-/cluster_agents/production?tab=access");
    pages.put("agent-audit", "/acme/shop/-/cluster_agents/production?tab=audit");
    pages.put("projects", "/dashboard/projects");
    pages.put("new-project", "/projects/new");
    pages.put("project", "/acme/shop");
    pages.put("empty-project", "/acme/storefront");
    pages.put("file", "/acme/shop/-/blob/main/manifests/web.yaml");
    pages.put("commits", "/acme/shop/-/commits");
    pages.put("commit", "/acme/shop/-/commit/main");
    pages.put("members", "/acme/shop/-/project_members");
    pages.put("project-settings", "/acme/shop/-/edit");
    pages.put("group", "/acme");
    pages.put("groups", "/dashboard/groups");
    pages.put("new-group", "/groups/new");
    pages.put("group-settings", "/groups/acme/-/edit");
    pages.put("password", "/-/user_settings/password");
    pages.put("access-tokens", "/-/user_settings/personal_access_tokens");
    pages.put("admin-people", "/admin");
    pages.put("admin-groups", "/admin/groups");
    pages.put("admin-ceilings", "/admin/ceilings");
    pages.put("admin-ceiling", "/admin/cluster_agents/" + site.id(gitlab, "edge") + "/ceiling");
    pages.put("admin-audit", "/admin/audit_events");
    pages.put("admin-instance", "/admin/instance");
    pages.put("not-found", "/acme/none");
    return pages;
  }
}
