package io.mooring.gitlab.web.account;

import io.mooring.gitlab.identity.OwnSessions;
import io.mooring.gitlab.identity.Session;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.time.Instant;
import java.util.List;

/** Where somebody is signed in. */
final class SessionView {
  private SessionView() {}

  static Html view(Visit visit, List<OwnSessions.Running> sessions, Session current, Instant now) {
    return Html.of(
        """
        <section class="card" id="sessions"><header><h2>Sessions</h2>{}</header>
        <p class="hint">Where you are signed in. End what you do not know, and change your password then.</p>
        <ul class="list">{}</ul></section>
        """,
        sessions.size() > 1 ? others(visit) : Html.EMPTY,
        Html.each(sessions, session -> row(visit, session, current, now)));
  }

  private static Html others(Visit visit) {
    return Html.of(
        "<form method=\"post\" action=\"{}\">{}<button type=\"submit\" class=\"button small danger\">End all others</button></form>",
        Link.to("/-/user_settings/sessions/end_others"),
        visit.csrf());
  }

  private static Html row(Visit visit, OwnSessions.Running session, Session current, Instant now) {
    boolean here = session.digest().equals(current.digest());
    String address = session.origin().address();
    return Html.of(
        """
        <li><span>{}{}<span class="muted sub">{}signed in {}, last used {}</span></span><span class="end">{}</span></li>
        """,
        BrowserName.of(session.origin().userAgent()),
        here ? Html.of(" <span class=\"chip\">this browser</span>") : Html.EMPTY,
        address.isEmpty() ? "" : address + " · ",
        Parts.ago(session.createdAt(), now),
        Parts.ago(session.lastSeenAt(), now),
        here ? Html.EMPTY : end(visit, session));
  }

  private static Html end(Visit visit, OwnSessions.Running session) {
    return Html.of(
        "<form method=\"post\" action=\"{}\">{}<button type=\"submit\" class=\"button small danger\">End it</button></form>",
        Link.to("/-/user_settings/sessions/{}/end", session.digest()),
        visit.csrf());
  }
}
