package io.mooring.gitlab.web;

import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.web.html.Attributes;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** Small pieces that many pages are made of. */
public final class Parts {
  private static final DateTimeFormatter FULL =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final int SHORT_COMMIT = 8;

  private Parts() {}

  /** How well something is; each has its own shape besides its colour. */
  public enum Tone {
    GOOD,
    BUSY,
    WARN,
    BAD,
    QUIET;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A word with a mark. */
  public static Html badge(Tone tone, String label) {
    return Html.of("<span class=\"badge {}\">{}</span>", tone.text(), label);
  }

  /** A word with a mark and an explanation that shows when one points at it. */
  public static Html badge(Tone tone, String label, String title) {
    return Html.of("<span class=\"badge {}\" title=\"{}\">{}</span>", tone.text(), title, label);
  }

  /** How long ago; scripts keep it true while the page is open. */
  public static Html ago(Instant time, Instant now) {
    return Html.of(
        "<time datetime=\"{}\" title=\"{}\">{}</time>",
        time.truncatedTo(ChronoUnit.SECONDS).toString(),
        FULL.format(time),
        words(Duration.between(time, now)));
  }

  private static String words(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 5) {
      return "just now";
    }
    if (seconds < 60) {
      return seconds + " seconds ago";
    }
    if (seconds < 3600) {
      return plural(seconds / 60, "minute") + " ago";
    }
    if (seconds < 86_400) {
      return plural(seconds / 3600, "hour") + " ago";
    }
    return plural(seconds / 86_400, "day") + " ago";
  }

  /** A number and its noun. */
  public static String plural(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /** The short form of a commit's id. */
  public static String shortId(String commitId) {
    return commitId.substring(0, Math.min(SHORT_COMMIT, commitId.length()));
  }

  /** What stands where there is nothing yet, with what to do about it. */
  public static Html empty(String heading, Html next) {
    return Html.of("<div class=\"empty\"><h2>{}</h2>{}</div>", heading, next);
  }

  /** Something that went wrong with a form. */
  public static Html problem(Optional<String> problem) {
    return Html.maybe(problem, text -> Html.of("<p class=\"problem\" role=\"alert\">{}</p>", text));
  }

  /** A text with a button that copies it. */
  public static Html copyable(String label, String text) {
    return Html.of(
        """
        <div class="copy"><pre tabindex="0" aria-label="{}"><code>{}</code></pre>\
        <button type="button" class="button small" data-copy>Copy</button></div>
        """,
        label,
        text);
  }

  /** A text field with its label. */
  public static Html field(String label, String name, String value, Attributes more, Html hint) {
    return Html.of(
        """
        <label class="field"><span>{}</span><input name="{}" value="{}"{}>{}</label>
        """,
        label,
        name,
        value,
        more,
        hint.isEmpty() ? hint : Html.of("<small>{}</small>", hint));
  }

  /** A choice with its label. */
  public static Html choice(String label, String name, Html options) {
    return Html.of(
        "<label class=\"field\"><span>{}</span><select name=\"{}\">{}</select></label>",
        label,
        name,
        options);
  }

  /** One of the options of a choice. */
  public static Html option(String value, String label, boolean selected) {
    return Html.of(
        "<option value=\"{}\"{}>{}</option>", value, Attributes.flag("selected", selected), label);
  }

  /** Links to the pages before and after. */
  public static Html paging(Page page, long total, Link here) {
    long last = Math.max(1, (total + page.size() - 1) / page.size());
    if (last == 1) {
      return Html.EMPTY;
    }
    return Html.of(
        "<nav class=\"paging\" aria-label=\"Pages\">{}<span>Page {} of {}</span>{}</nav>",
        page.number() > 1
            ? Html.of("<a rel=\"prev\" href=\"{}\">Newer</a>", here.with("page", page.number() - 1))
            : Html.EMPTY,
        page.number(),
        last,
        page.number() < last
            ? Html.of("<a rel=\"next\" href=\"{}\">Older</a>", here.with("page", page.number() + 1))
            : Html.EMPTY);
  }
}
