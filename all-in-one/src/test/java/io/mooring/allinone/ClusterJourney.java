package io.mooring.allinone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The part of the journey that looks into the cluster: from the browser through the real kas and
 * agentk to the real API server, with the rights of the person who is signed in.
 *
 * @param page of a person whom the sample's configuration lets in
 * @param stack with the sample in its cluster
 * @param agentPage path of the agent's page
 */
record ClusterJourney(Page page, Stack stack, String agentPage) {
  private static final String CANARY = "canary-in-a-secret-of-the-cluster";

  void run() {
    followsTheCluster();
    showsKeysOfSecretsOnly();
    showsWhatTheClusterRefuses();
  }

  private void open(String kind, String namespace) {
    page.navigate(agentPage + "?tab=cluster&kind=" + kind + "&namespace=" + namespace);
  }

  private void followsTheCluster() {
    open("configmaps", Sample.NAMESPACE);
    assertThat(page.locator("main")).containsText("kube-root-ca.crt");
    assertThat(row("greeting")).isVisible();
    assertThat(page.locator("#cluster-view > p .badge")).hasText("Live");

    kubectl("create", "configmap", "seen-at-once");
    assertThat(row("seen-at-once")).isVisible();
    kubectl("delete", "configmap", "seen-at-once");
    assertThat(row("seen-at-once")).hasCount(0);

    row("greeting").locator("a").click();
    page.locator("summary", exactly("YAML")).click();
    assertThat(page.getByLabel("YAML of greeting")).containsText("text: hello");
  }

  private void showsKeysOfSecretsOnly() {
    kubectl("create", "secret", "generic", "login", "--from-literal=password=" + CANARY);
    List<String> bodies = new ArrayList<>();
    page.onRequestFinished(request -> {
      // A watch goes on, and its body with it.
      if (request.url().contains("/secrets") && !request.url().contains("watch=")) {
        bodies.add(request.response().text());
      }
    });
    open("secrets", Sample.NAMESPACE);
    row("login").locator("a").click();

    assertThat(page.locator("#cluster-object")).containsText("password");
    String encoded = Base64.getEncoder().encodeToString(CANARY.getBytes(StandardCharsets.UTF_8));
    assertThat(page.content()).doesNotContain(CANARY, encoded);
    assertThat(String.join("", bodies)).contains("login").doesNotContain(CANARY, encoded);
  }

  private void showsWhatTheClusterRefuses() {
    open("secrets", "kube-system");

    assertThat(page.locator("[data-problem=forbidden]"))
        .containsText("User \"gitlab:user:root\" cannot list resource \"secrets\"");
    assertThat(page.locator("[data-problem=forbidden]")).containsText("Asked as gitlab:user:root");
    assertThat(page.locator("[data-problem=forbidden]")).containsText("Request id ");
  }

  private void kubectl(String... arguments) {
    List<String> words = new ArrayList<>(List.of("--namespace=" + Sample.NAMESPACE));
    words.addAll(List.of(arguments));
    stack.cluster().kubectl().run(words.toArray(String[]::new));
  }

  private Locator row(String name) {
    return page.locator("#cluster-table tbody tr")
        .filter(new Locator.FilterOptions().setHas(page.locator("th a", exactly(name))));
  }

  private static Page.LocatorOptions exactly(String text) {
    return new Page.LocatorOptions().setHasText(Pattern.compile("^" + text + "$"));
  }
}
