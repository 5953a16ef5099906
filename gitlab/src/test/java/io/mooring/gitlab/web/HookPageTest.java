package io.mooring.gitlab.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Running;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pages of webhooks in a real browser. */
@ExtendWith(GitLabUnderTest.class)
class HookPageTest {
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
  void leadsFromTheSettingsToAWebhookAndWhatBecameOfItsDeliveries(Running gitlab) {
    long project = gitlab.newProject("private");
    Page page = chromium.signedIn(gitlab, gitlab.newMember(project, 40));
    page.navigate("/" + gitlab.path(project) + "/-/edit");
    page.getByText("Webhooks").last().click();
    page.getByLabel("URL").fill("ftp://example.com");
    page.locator("main form button").click();
    assertThat(page.locator(".problem")).containsText("url is invalid");

    page.getByLabel("URL").fill("http://127.0.0.1:9/hook?key=<b>");
    page.getByLabel("Name").fill("Pager");
    page.getByLabel("configurations that are refused").uncheck();
    page.locator("main form button").click();
    assertThat(page.locator(".problem")).containsText("url is invalid");
    page.getByLabel("URL").fill("http://127.0.0.1:9/hook");
    page.getByLabel("Name").fill("Pager <b>");
    page.getByLabel("configurations that are refused").uncheck();
    page.locator("main form button").click();
    assertThat(page.locator("#signing-secret code")).containsText("whsec_");
    page.getByText("To the webhook").click();
    page.getByText("Send a test").click();

    assertThat(page.locator(".problem").first()).containsText("no address that may be called");
    assertThat(page.locator("#deliveries summary")).containsText("Agent Presence Hook");
    assertThat(page.getByLabel("configurations that are refused")).not().isChecked();
    assertThat(page.getByLabel("synchronizations that fail")).isChecked();
    assertThat(page.locator("main")).containsText("Pager <b>");
    page.getByText("Delete the webhook").click();
    assertThat(page.locator("main")).containsText("None yet");
    page.context().close();
  }

  @Test
  void showsNobodyButMaintainersAndOwnersThatThereAreAny(Running gitlab) {
    long project = gitlab.newProject("private");
    long group = gitlab.newGroup();
    String path = gitlab.root().get("/api/v4/groups/" + group).json().path("full_path").asString();
    Page page = chromium.signedIn(gitlab, gitlab.newMember(project, 30));

    Assertions.assertThat(page.navigate("/" + gitlab.path(project) + "/-/hooks").status())
        .isEqualTo(404);
    Assertions.assertThat(page.navigate("/groups/" + path + "/-/hooks").status()).isEqualTo(404);
    page.context().close();
  }
}
