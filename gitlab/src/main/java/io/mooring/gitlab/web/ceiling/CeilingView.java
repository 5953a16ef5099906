package io.mooring.gitlab.web.ceiling;

import io.mooring.gitlab.ceiling.Ceiling;
import io.mooring.gitlab.web.html.Html;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** A ceiling to be read. */
public final class CeilingView {
  private CeilingView() {}

  /** Its limits in a line: what is limited, to what. */
  public static Html summary(Ceiling ceiling) {
    var chips = new ArrayList<Html>();
    ceiling.projects().ifPresent(ids -> chips.add(chip("projects", counted(ids))));
    ceiling.groups().ifPresent(ids -> chips.add(chip("groups", counted(ids))));
    ceiling.identities().ifPresent(texts -> chips.add(chip("identities", listed(texts))));
    ceiling.verbs().ifPresent(texts -> chips.add(chip("verbs", listed(texts))));
    ceiling.namespaces().ifPresent(texts -> chips.add(chip("namespaces", listed(texts))));
    ceiling.subresources().ifPresent(texts -> chips.add(chip("sub-resources", listed(texts))));
    ceiling
        .nonResourcePaths()
        .filter(allowed -> !allowed)
        .ifPresent(_ -> chips.add(chip("other paths", "none")));
    return chips.isEmpty()
        ? Html.of("<span class=\"muted\">limits nothing</span>")
        : Html.of("<span class=\"stack\">{}</span>", chips);
  }

  /**
   * Each limit on a line of its own.
   *
   * @param project names a project; may hide it
   * @param group the same of a group
   */
  public static Html whole(
      Ceiling ceiling, LongFunction<String> project, LongFunction<String> group) {
    return Html.of(
        "<dl class=\"facts-list\">{}{}{}{}{}{}{}</dl>",
        fact("Projects", ceiling.projects().map(ids -> ids.stream().map(project::apply).toList())),
        fact("Groups", ceiling.groups().map(ids -> ids.stream().map(group::apply).toList())),
        fact("Acts as", ceiling.identities()),
        fact("Verbs", ceiling.verbs()),
        fact("Namespaces", ceiling.namespaces()),
        fact("Sub-resources", ceiling.subresources()),
        fact(
            "Other paths",
            ceiling.nonResourcePaths().filter(allowed -> !allowed).map(_ -> List.of())));
  }

  private static Html fact(String name, Optional<List<String>> values) {
    return Html.of(
        "<div><dt>{}</dt><dd>{}</dd></div>",
        name,
        values
            .map(list ->
                list.isEmpty()
                    ? Html.of("<strong>none</strong>")
                    : Html.of(
                        "<span class=\"stack\">{}</span>",
                        Html.each(list, value -> Html.of("<span class=\"chip\">{}</span>", value))))
            .orElse(Html.of("<span class=\"muted\">not limited</span>")));
  }

  private static Html chip(String name, String values) {
    return Html.of("<span class=\"chip\">{}: {}</span>", name, values);
  }

  private static String counted(List<Long> ids) {
    return ids.isEmpty() ? "none" : String.valueOf(ids.size());
  }

  private static String listed(List<String> texts) {
    return texts.isEmpty() ? "none" : String.join(", ", texts);
  }
}
