package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.AccessGrants.Entry;
import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Who may use an agent, and why. */
final class AccessView {
  private AccessView() {}

  static Html view(Agent agent, List<Entry> entries, Html ceiling) {
    return Html.join(
        ceiling,
        section(
            "Jobs",
            "ci_access",
            Html.of(
                "<p>Jobs of <a href=\"{}\">{}</a> itself may always use it, with the agent's own rights.</p>",
                Link.to("/{}", agent.project().fullPath()),
                agent.project().fullPath()),
            entries,
            "Jobs of projects in the same top group can be let in by ci_access in config.yaml."),
        section(
            "People",
            "user_access",
            Html.EMPTY,
            entries,
            "Nobody reaches the cluster through it from a browser or kubectl until config.yaml has user_access."));
  }

  private static Html section(
      String heading, String keyword, Html always, List<Entry> entries, String none) {
    List<Entry> own = entries.stream().filter(entry -> entry.keyword().equals(keyword)).toList();
    return Html.of(
        "<section class=\"card\"><h2>{} <code>{}</code></h2>{}{}</section>",
        heading,
        keyword,
        always,
        own.isEmpty()
            ? Html.of("<p class=\"muted\">{}</p>", none)
            : Html.of(
                """
                <div class="table"><table><thead><tr><th scope="col">Who</th><th scope="col">Acts as</th>\
                <th scope="col">Limits</th></tr></thead><tbody>{}</tbody></table></div>
                """,
                Html.each(own, AccessView::row)));
  }

  private static Html row(Entry entry) {
    boolean jobs = entry.keyword().equals("ci_access");
    return Html.of(
        """
        <tr><th scope="row" data-label="Who">{} <a href="{}">{}</a></th><td data-label="Acts as">{}</td><td data-label="Limits">{}</td></tr>
        """,
        entry.group()
            ? (jobs ? "Jobs of every project in" : "Developers of the group")
            : (jobs ? "Jobs of" : "Developers of"),
        Link.to("/{}", entry.path()),
        entry.path(),
        actsAs(entry.configuration().path("access_as")),
        limits(entry.configuration()));
  }

  private static String actsAs(JsonNode accessAs) {
    if (accessAs.has("user")) {
      return "the person, as user and groups in the cluster";
    }
    if (accessAs.has("ci_job")) {
      return "the job, as user and groups in the cluster";
    }
    if (accessAs.has("impersonate")) {
      return accessAs.path("impersonate").path("username").asString("another user")
          + " in the cluster";
    }
    return "the agent itself";
  }

  private static Html limits(JsonNode configuration) {
    String environments =
        configuration.path("environments").values().stream()
            .map(node -> node.asString())
            .collect(Collectors.joining(", "));
    String namespace = configuration.path("default_namespace").asString("");
    Html chips =
        Html.join(
            namespace.isEmpty()
                ? Html.EMPTY
                : Html.of("<span class=\"chip\">namespace {} by default</span> ", namespace),
            environments.isEmpty()
                ? Html.EMPTY
                : Html.of("<span class=\"chip\">environments {}</span> ", environments),
            configuration.path("protected_branches_only").asBoolean(false)
                ? Html.of("<span class=\"chip\">protected branches only</span>")
                : Html.EMPTY);
    return chips.isEmpty() ? chips : Html.of("<span class=\"stack\">{}</span>", chips);
  }
}
