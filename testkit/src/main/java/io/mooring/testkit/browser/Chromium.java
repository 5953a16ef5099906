package io.mooring.testkit.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.mooring.testkit.TestkitException;
import io.mooring.testkit.process.Command;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Debian's Chromium, driven by Playwright; nothing is downloaded. One thread. */
public final class Chromium implements AutoCloseable {
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

  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  /**
   * Starts it.
   *
   * @throws TestkitException when there is no Chromium on this machine
   */
  public static Chromium start() {
    Path executable =
        Command.find("chromium")
            .orElseThrow(
                () -> new TestkitException("no chromium on PATH (next: scripts/setup chromium)"));
    PlaywrightAssertions.setDefaultAssertionTimeout(LIMIT_MS);
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    return new Chromium(
        playwright,
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(executable)
                    .setHeadless(true)
                    .setArgs(FLAGS)));
  }

  /** A window of somebody who has not been here, with cookies of its own. */
  public Page window(URI site, ColorScheme scheme, int width, int height) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setBaseURL(site.toString())
                .setColorScheme(scheme)
                .setViewportSize(width, height));
    context.setDefaultTimeout(LIMIT_MS);
    return context.newPage();
  }

  /** Ends it with all its windows. */
  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
