package io.mooring.gitlab.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.mooring.gitlab.FakeKas;
import io.mooring.gitlab.GitLabUnderTest.Running;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What holds for every page, in a browser with the sample of {@code scripts/screenshots}. */
class EveryPageTest {
  private static final int PHONE = 390;

  /** What can be reached by the keyboard and shows no mark when it is. */
  private static final String UNMARKED =
      """
      () => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
        .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled)
        .filter(e => { e.focus({focusVisible: true}); const s = getComputedStyle(e); return document.activeElement === e
          && s.outlineStyle === 'none'; })
        .map(e => e.outerHTML.slice(0, 120))\
      """;

  /** What has no name for who does not see it. */
  private static final String NAMELESS =
      """
      () => [...document.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea')]
        .filter(e => !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length))
        .map(e => e.outerHTML.slice(0, 120))\
      """;

  @Test
  void fitsAPhoneAndAKeyboard() {
    try (Running gitlab = Running.begin();
        FakeKas kas = new FakeKas(gitlab.kasSecret(), 0);
        Chromium chromium = Chromium.start()) {
      gitlab.application().connectKas(kas.url());
      SampleSite site = SampleSite.make(gitlab, kas);
      Page page = chromium.window(gitlab.application().url(), ColorScheme.LIGHT, PHONE, 780);
      Chromium.signIn(page, "ada", SampleSite.PASSWORD);
      List<String> complaints = new ArrayList<>();
      for (Map.Entry<String, String> entry : Screenshots.pages(gitlab, site).entrySet()) {
        page.navigate(entry.getValue());
        String name = entry.getKey();
        if (((Number) page.evaluate("document.documentElement.scrollWidth")).intValue() > PHONE) {
          complaints.add(name + " is wider than a phone");
        }
        note(complaints, name + " shows no focus on ", page.evaluate(UNMARKED));
        note(complaints, name + " has no name for ", page.evaluate(NAMELESS));
        if (page.locator("h1").count() != 1) {
          complaints.add(name + " has not one heading");
        }
      }
      assertThat(complaints).isEmpty();
    }
  }

  private static void note(List<String> complaints, String about, Object found) {
    ((List<?>) found).forEach(one -> complaints.add(about + one));
  }
}
