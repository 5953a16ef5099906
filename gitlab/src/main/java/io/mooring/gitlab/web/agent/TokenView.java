package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentToken;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Attributes;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The tokens of an agent and the forms that change them. */
final class TokenView {
  private static final int MAX_ACTIVE = 2;

  private TokenView() {}

  static Html view(
      Visit visit,
      Agent agent,
      List<AgentToken> tokens,
      Function<Optional<Long>, String> people,
      boolean manages,
      Optional<String> problem,
      Instant now) {
    return Html.of(
        """
        <section class="card" id="tokens" data-live><h2>Access tokens</h2>{}</section>{}
        """,
        tokens.isEmpty()
            ? Html.of(
                "<p class=\"muted\">No token may be used now, so the agent cannot connect.</p>")
            : Html.of(
                """
                <div class="table"><table><thead><tr><th scope="col">Name</th><th scope="col">Last used</th>\
                <th scope="col">Created</th><th scope="col">By</th><th scope="col"><span class="hidden">Change</span></th></tr></thead>
                <tbody>{}</tbody></table></div>
                """,
                Html.each(tokens, token -> row(visit, agent, token, people, manages, now))),
        manages ? form(visit, agent, tokens.size(), problem) : Html.EMPTY);
  }

  private static Html row(
      Visit visit,
      Agent agent,
      AgentToken token,
      Function<Optional<Long>, String> people,
      boolean manages,
      Instant now) {
    return Html.of(
        """
        <tr id="token-{}"><th scope="row" data-label="Name">{}{}</th><td data-label="Last used">{}</td>\
        <td data-label="Created">{}</td><td data-label="By">{}</td><td class="change">{}</td></tr>
        """,
        token.id(),
        token.name(),
        Html.maybe(
            token.description().filter(text -> !text.isBlank()),
            text -> Html.of("<span class=\"muted sub\">{}</span>", text)),
        token
            .lastUsedAt()
            .map(used -> Parts.ago(used, now))
            .orElse(Html.of("<span class=\"muted\">never</span>")),
        Parts.ago(token.createdAt(), now),
        people.apply(token.createdByUserId()),
        manages
            ? Html.of(
                """
                <details class="confirm" id="revoke-{}"><summary class="button small danger">Revoke</summary>
                <form class="panel" method="post" action="{}">{}<p>An agent that uses <strong>{}</strong> is disconnected at its \
                next call. This cannot be undone.</p><button type="submit" class="button danger">Revoke it</button></form></details>
                """,
                token.id(),
                Link.to(
                    "/{}/-/cluster_agents/{}/tokens/{}/revoke",
                    agent.project().fullPath(),
                    agent.name(),
                    token.id()),
                visit.csrf(),
                token.name())
            : Html.EMPTY);
  }

  private static Html form(Visit visit, Agent agent, int active, Optional<String> problem) {
    if (active >= MAX_ACTIVE) {
      return Html.of(
          """
          <section class="card"><h2>Rotation</h2>{}<p>Two tokens may be used, which is the most. Once the new one shows a last use, \
          revoke the old one; the agent stays connected throughout.</p></section>
          """,
          Parts.problem(problem));
    }
    return Html.of(
        """
        <section class="card"><h2>{}</h2><p class="muted">{}</p>
        <form class="form" method="post" action="{}">{}{}{}{}<button type="submit" class="button primary">Create token</button></form></section>
        """,
        active == 0 ? "New token" : "Rotate without downtime",
        active == 0
            ? "The agent needs one to connect."
            : "1. Create a second token. 2. Give it to the agent. 3. When it shows a last use here, revoke the first.",
        Link.to("/{}/-/cluster_agents/{}/tokens", agent.project().fullPath(), agent.name()),
        visit.csrf(),
        Parts.problem(problem),
        Parts.field(
            "Name",
            "name",
            "",
            Attributes.flag("required", true).and(Attributes.of("maxlength", "255")),
            Html.EMPTY),
        Parts.field(
            "Description", "description", "", Attributes.of("maxlength", "1024"), Html.EMPTY));
  }
}
