package io.mooring.gitlab.web.admin;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.ceiling.Ceilings;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Attributes;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The form in which an administrator sets a ceiling. */
final class CeilingFormView {
  private static final List<String> IDENTITIES = List.of("user", "ci_job", "impersonate", "agent");

  private static final List<String> VERBS =
      List.of(
          "get",
          "list",
          "watch",
          "create",
          "update",
          "patch",
          "delete",
          "deletecollection",
          "*",
          "head",
          "post",
          "put",
          "options",
          "proxy");

  private CeilingFormView() {}

  static Link link(long agentId) {
    return Link.to("/admin/cluster_agents/{}/ceiling", agentId);
  }

  static Html view(
      Visit visit, Agent agent, Optional<Ceilings.Setting> setting, CeilingForm form, Instant now) {
    return Html.of(
        """
        <p class="hint">The agent <a href="{}">{}</a> may do at most this for anybody, whatever its configuration says; RBAC of \
        the cluster may allow less. What is not limited here is left to both. {}</p>
        <form class="card form limits" method="post" action="{}">{}{}{}{}{}{}{}{}
        <button type="submit" class="button primary">Set the ceiling</button></form>{}
        """,
        Link.to("/{}/-/cluster_agents/{}", agent.project().fullPath(), agent.name()),
        agent.project().fullPath() + ": " + agent.name(),
        Html.maybe(setting, set -> Html.of("Set {}.", Parts.ago(set.updatedAt(), now))),
        link(agent.id()),
        visit.csrf(),
        form.problems().isEmpty()
            ? Html.EMPTY
            : Html.of(
                "<p class=\"problem\" role=\"alert\">Nothing was changed: see what is wrong below.</p>"),
        area(
            form,
            "projects",
            "Projects",
            "Full paths, one per line. Jobs of these, and people who have access by them."),
        area(form, "groups", "Groups", "Full paths, one per line: everything below them."),
        boxes(form, "identities", "As whom it may act", IDENTITIES),
        boxes(form, "verbs", "Verbs", VERBS),
        area(form, "namespaces", "Namespaces", "One per line; * stands for any text: team-*."),
        Html.join(
            area(
                form,
                "subresources",
                "Sub-resources",
                "Of requests that name one, such as log, exec, attach, portforward, proxy, scale, status; * is any."),
            otherPaths(form)),
        Html.maybe(setting, _ -> removal(visit, agent)));
  }

  private static Html area(CeilingForm form, String name, String label, String hint) {
    String text = form.text(name);
    return limit(
        form,
        name,
        label,
        Html.of(
            """
            <label class="field"><span class="hidden">{}</span><textarea name="{}" rows="{}" spellcheck="false"{}>{}</textarea>\
            <small>{}</small></label>
            """,
            label,
            name,
            Math.clamp(text.lines().count() + 1, 2, 12),
            described(form, name),
            text,
            hint));
  }

  private static Html boxes(CeilingForm form, String name, String label, List<String> choices) {
    List<String> chosen = form.values(name).orElse(List.of());
    return limit(
        form,
        name,
        label,
        Html.of(
            "<div class=\"choices\">{}</div>",
            Html.each(
                choices,
                choice ->
                    Html.of(
                        "<label class=\"check\"><input type=\"checkbox\" name=\"{}[]\" value=\"{}\"{}><span>{}</span></label>",
                        name,
                        choice,
                        Attributes.flag("checked", chosen.contains(choice)),
                        about(choice)))));
  }

  private static String about(String choice) {
    return switch (choice) {
      case "*" -> "* (any)";
      case "user" -> "user: the person";
      case "ci_job" -> "ci_job: the job";
      case "impersonate" -> "impersonate: somebody the configuration names";
      case "agent" -> "agent: itself";
      default -> choice;
    };
  }

  private static Html limit(CeilingForm form, String name, String label, Html control) {
    return Html.of(
        """
        <fieldset class="limit"><legend>{}</legend><label class="check"><input type="checkbox" name="limit_{}" value="true"{}>\
        <span>Limit</span></label><div class="limited">{}{}</div></fieldset>
        """,
        label,
        name,
        Attributes.flag("checked", form.limits(name)),
        control,
        problems(form, name));
  }

  private static Html problems(CeilingForm form, String name) {
    List<String> problems = form.problems(name);
    return problems.isEmpty()
        ? Html.EMPTY
        : Html.of(
            "<ul class=\"problems\" id=\"{}-problems\">{}</ul>",
            name,
            Html.each(problems, problem -> Html.of("<li>{}</li>", problem)));
  }

  private static Attributes described(CeilingForm form, String name) {
    return form.problems(name).isEmpty()
        ? Attributes.NONE
        : Attributes.of("aria-invalid", "true")
            .and(Attributes.of("aria-describedby", name + "-problems"));
  }

  private static Html otherPaths(CeilingForm form) {
    return Html.of(
        """
        <fieldset><legend>Other paths</legend><label class="check"><input type="checkbox" name="{}" value="true"{}>\
        <span>Allow paths that name no resource, such as /metrics. kubectl needs discovery, which is among them.</span></label></fieldset>
        """,
        CeilingForm.OTHER_PATHS,
        Attributes.flag("checked", form.otherPaths()));
  }

  private static Html removal(Visit visit, Agent agent) {
    return Html.of(
        """
        <details class="confirm danger-zone"><summary class="button small danger">Remove the ceiling</summary>
        <form class="panel form" method="post" action="{}">{}<p>Then only the agent's configuration and the cluster's RBAC decide.</p>
        <button type="submit" class="button danger">Remove it</button></form></details>
        """,
        Link.to("/admin/cluster_agents/{}/ceiling/remove", agent.id()),
        visit.csrf());
  }
}
