package io.mooring.gitlab.web;

import io.mooring.gitlab.http.Release;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.web.html.Attributes;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The frame of every page. Thread-safe. */
@Component
public class Layout {
  private final Assets assets;

  Layout(Assets assets) {
    this.assets = assets;
  }

  /** A whole page. */
  public Html page(Visit visit, Frame frame, Html... content) {
    Optional<User> user = visit.caller().user();
    return Html.of(
        """
        <!DOCTYPE html>
        <html lang="en" data-theme="{}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{} · mooring</title>
        <meta name="csrf-param" content="authenticity_token">
        <meta name="csrf-token" content="{}">
        <meta name="action-cable-url" content="/-/cable">
        <link rel="icon" href="{}" type="image/svg+xml">
        <link rel="stylesheet" href="{}">
        <script type="module" src="{}"></script>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        {}
        <main id="main" tabindex="-1" class="{}"{}>
        {}{}{}{}
        </main>
        <footer class="foot"><span>mooring, GitLab {}</span></footer>
        </body>
        </html>
        """,
        visit.theme().text(),
        frame.title(),
        visit.csrfToken(),
        assets.link("icon.svg"),
        assets.link("app.css"),
        assets.link("app.js"),
        bar(visit, user),
        frame.narrow() ? "page narrow" : "page",
        live(frame.channels()),
        head(frame),
        Html.maybe(
            visit.notice(),
            notice -> Html.of("<p class=\"notice\" role=\"status\">{}</p>", notice.text())),
        tabs(frame.tabs()),
        Html.join(content),
        Release.VERSION);
  }

  private static Attributes live(List<String> channels) {
    return channels.isEmpty()
        ? Attributes.NONE
        : Attributes.of("data-channels", "[" + String.join(",", channels) + "]");
  }

  private static Html bar(Visit visit, Optional<User> user) {
    return Html.of(
        """
        <header class="bar">
        <a class="brand" href="/" aria-label="mooring, home">{}<span>mooring</span></a>
        <nav aria-label="Main">{}</nav>
        <span class="live" id="live" role="status" hidden></span>
        <button type="button" class="icon" id="theme" aria-label="Light or dark" title="Light or dark">{}</button>
        {}
        </header>
        """,
        Icons.ANCHOR,
        user.isEmpty() ? Html.EMPTY : navigation(visit, user.get()),
        Icons.THEME,
        user.isEmpty()
            ? Html.of("<a class=\"button\" href=\"/users/sign_in\">Sign in</a>")
            : menu(visit, user.get()));
  }

  private static Html navigation(Visit visit, User user) {
    return Html.join(
        entry(visit, "Agents", Link.to("/dashboard/agents")),
        entry(visit, "Projects", Link.to("/dashboard/projects")),
        entry(visit, "Groups", Link.to("/dashboard/groups")),
        user.admin() ? entry(visit, "Admin", Link.to("/admin")) : Html.EMPTY);
  }

  private static Html entry(Visit visit, String label, Link link) {
    return Html.of(
        "<a href=\"{}\"{}>{}</a>",
        link,
        current(
            visit.path().equals(link.address()) || visit.path().startsWith(link.address() + "/")),
        label);
  }

  private static Html menu(Visit visit, User user) {
    return Html.of(
        """
        <details class="menu"><summary aria-label="Your menu"><span class="avatar" aria-hidden="true">{}</span></summary>
        <div class="panel"><p><strong>{}</strong><br><span class="muted">@{}</span></p>
        <a href="/-/user_settings/password">Password and sessions</a>
        <a href="/-/user_settings/personal_access_tokens">Access tokens</a>
        <form action="/users/sign_out" method="post">{}<button type="submit">Sign out</button></form>
        </div></details>
        """,
        initials(user.name()),
        user.name(),
        user.username(),
        visit.csrf());
  }

  /** One or two letters that stand for a name. */
  public static String initials(String name) {
    String[] words = name.strip().split("\\s+", -1);
    String first = firstLetter(words[0]);
    return words.length == 1 ? first : first + firstLetter(words[words.length - 1]);
  }

  private static String firstLetter(String word) {
    return word.isEmpty()
        ? ""
        : new String(Character.toChars(Character.toUpperCase(word.codePointAt(0))));
  }

  private static Html head(Frame frame) {
    return Html.of(
        """
        {}<div class="head"><div><h1>{}</h1>{}</div><div class="actions">{}</div></div>
        """,
        frame.crumbs().isEmpty()
            ? Html.EMPTY
            : Html.of(
                "<nav class=\"crumbs\" aria-label=\"You are here\">{}</nav>",
                Html.each(
                    frame.crumbs(),
                    crumb -> Html.of("<a href=\"{}\">{}</a>", crumb.link(), crumb.label()))),
        frame.title(),
        frame.subtitle(),
        frame.actions());
  }

  private static Html tabs(List<Frame.Tab> tabs) {
    return tabs.isEmpty()
        ? Html.EMPTY
        : Html.of(
            "<nav class=\"tabs\" aria-label=\"Sections\">{}</nav>",
            Html.each(
                tabs,
                tab ->
                    Html.of(
                        "<a href=\"{}\"{}>{}{}</a>",
                        tab.link(),
                        current(tab.current()),
                        tab.label(),
                        tab.count() == 0
                            ? Html.EMPTY
                            : Html.of(" <span class=\"count\">{}</span>", tab.count()))));
  }

  private static Attributes current(boolean current) {
    return current ? Attributes.of("aria-current", "page") : Attributes.NONE;
  }
}
