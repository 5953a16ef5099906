/**
 * A real browser for tests of pages. Main type: {@link io.mooring.testkit.browser.Chromium}. One
 * thread a browser. Who uses it has Playwright on its own class path; others of the testkit need
 * none. Knows no page.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.testkit.browser;
