package io.mooring.gitlab.web.admin;

import io.mooring.gitlab.agent.AgentSummary;
import io.mooring.gitlab.ceiling.Ceiling;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.ceiling.CeilingView;
import io.mooring.gitlab.web.html.Html;
import java.util.Map;
import java.util.Optional;

/** All agents, with what each may do at most. */
final class CeilingListView {
  private CeilingListView() {}

  static Html view(
      Page.Slice<AgentSummary> slice, Page page, String search, Map<Long, Ceiling> ceilings) {
    return Html.of(
        """
        <p class="hint">What an agent may do at most for anybody, whatever its configuration says.</p>
        <form class="search" role="search" action="/admin/ceilings"><label><span class="hidden">Name</span>\
        <input type="search" name="search" value="{}" placeholder="Find an agent by its name"></label></form>{}{}
        """,
        search,
        slice.total() == 0
            ? Parts.empty(
                search.isEmpty() ? "No agents yet" : "No agent of this name",
                search.isEmpty()
                    ? Html.of(
                        "<p>Agents are registered on the pages of <a href=\"/dashboard/projects\">projects</a>; their ceilings are set here.</p>")
                    : Html.of("<p><a href=\"/admin/ceilings\">Show all</a></p>"))
            : Html.of(
                """
                <div class="table"><table><thead><tr><th scope="col">Agent</th><th scope="col">Ceiling</th>\
                <th scope="col"><span class="hidden">Change</span></th></tr></thead><tbody>{}</tbody></table></div>
                """,
                Html.each(
                    slice.items(),
                    agent -> row(agent, Optional.ofNullable(ceilings.get(agent.id()))))),
        Parts.paging(page, slice.total(), AdminFrame.CEILINGS.with("search", search)));
  }

  private static Html row(AgentSummary agent, Optional<Ceiling> ceiling) {
    return Html.of(
        """
        <tr><th scope="row" data-label="Agent">{}<span class="muted sub">{}</span></th><td data-label="Ceiling">{}</td>\
        <td class="change"><a class="button small" href="{}" aria-label="{}">{}</a></td></tr>
        """,
        agent.name(),
        agent.projectPath(),
        ceiling.map(CeilingView::summary).orElse(Html.of("<span class=\"muted\">none</span>")),
        CeilingFormView.link(agent.id()),
        "Ceiling of " + agent.name(),
        ceiling.isPresent() ? "Change" : "Set");
  }
}
