package io.mooring.gitlab.web;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.mooring.gitlab.GitLabUnderTest;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Debian's Chromium, driven by Playwright; nothing is downloaded. One thread.
 *
 * @param playwright its driver
 * @param browser the running program
 */
record Chromium(Playwright playwright, Browser browser) implements AutoCloseable {
  private static final List<String> FLAGS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  /** Longer than any page takes on a busy machine. */
  private static final double LIMIT_MS = 20_000;

  static Chromium start() {
    PlaywrightAssertions.setDefaultAssertionTimeout(LIMIT_MS);
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    Browser browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(executable())
                    .setHeadless(true)
                    .setArgs(FLAGS));
    return new Chromium(playwright, browser);
  }

  private static Path executable() {
    for (String directory : Objects.requireNonNullElse(System.getenv("PATH"), "").split(":", -1)) {
      Path file = Path.of(directory, "chromium");
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw new IllegalStateException("chromium is not on the PATH (next: scripts/setup chromium)");
  }

  /** A window of somebody who has not been here. */
  Page window(URI site, ColorScheme scheme, int width, int height) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setBaseURL(site.toString())
                .setColorScheme(scheme)
                .setViewportSize(width, height));
    context.setDefaultTimeout(LIMIT_MS);
    return context.newPage();
  }

  /** A window of somebody who signed in. */
  Page signedIn(URI site, String username, String password) {
    Page page = window(site, ColorScheme.LIGHT, 1280, 900);
    signIn(page, username, password);
    return page;
  }

  static void signIn(Page page, String username, String password) {
    page.navigate("/users/sign_in");
    page.getByLabel("Username or email").fill(username);
    page.getByLabel("Password").fill(password);
    page.locator("main form button").click();
    page.waitForURL("**/dashboard");
  }

  /** As everybody in tests. */
  Page signedIn(GitLabUnderTest.Running gitlab, GitLabUnderTest.Person person) {
    return signedIn(gitlab.application().url(), person.username(), GitLabUnderTest.Person.PASSWORD);
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
