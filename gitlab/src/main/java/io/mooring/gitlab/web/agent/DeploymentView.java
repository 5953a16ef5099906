package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.AgentState;
import io.mooring.gitlab.agent.AgentState.Deployment;
import io.mooring.gitlab.agent.AgentState.ObjectView;
import io.mooring.gitlab.agent.AgentState.ProblemView;
import io.mooring.gitlab.agent.AgentState.Warning;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Parts.Tone;
import io.mooring.gitlab.web.html.Attributes;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What an agent deployed: projects, their namespaces, kinds and objects, as a tree. */
final class DeploymentView {
  /** A tree with more objects opens only where something is wrong. */
  private static final int OPEN_UP_TO = 40;

  private DeploymentView() {}

  static Html view(AgentState state, Instant now) {
    return Html.of(
        "<div id=\"deployments\" data-live>{}</div>",
        Html.each(
            state.deployments(), deployment -> deployment(deployment, state.warnings(), now)));
  }

  private static Html deployment(Deployment deployment, List<Warning> warnings, Instant now) {
    String project = deployment.projectPath();
    return Html.of(
        """
        <section class="card deployment" id="deployment-{}">
        <header><h2><a href="{}">{}</a></h2>{}{}</header>
        <p class="facts">{}</p>{}{}{}{}{}</section>
        """,
        project.replaceAll("[^A-Za-z0-9]", "-"),
        Link.to("/{}", project),
        project,
        AgentBadges.outcome(deployment.outcome()),
        AgentBadges.commit(project, Optional.of(deployment.commitId())),
        facts(deployment, now),
        refusal(deployment, now),
        deployment.message().isEmpty()
            ? Html.EMPTY
            : Html.of("<p class=\"message\">{}</p>", deployment.message()),
        problems(project, deployment.commitId(), deployment.problems()),
        tree(deployment, warnings, now),
        events(deployment, warnings, now));
  }

  /** The commit in place may be well while a newer one is refused. */
  private static Html refusal(Deployment deployment, Instant now) {
    return Html.maybe(
        Optional.ofNullable(deployment.refusedAt()),
        since ->
            Html.of(
                "<p class=\"message\">{} {} <span class=\"muted\">{}</span></p>",
                Parts.badge(Tone.BAD, "Newer commit refused"),
                deployment.refusal(),
                Parts.ago(since, now)));
  }

  private static Html facts(Deployment deployment, Instant now) {
    return Html.join(
        Html.maybe(
            Optional.ofNullable(deployment.finishedAt()),
            finished -> Html.of("<span>{}</span>", Parts.ago(finished, now))),
        count(deployment.applied(), "applied"),
        count(deployment.unchanged(), "unchanged"),
        count(deployment.pruned(), "pruned"),
        count(deployment.failed(), "failed"));
  }

  private static Html count(int number, String word) {
    return number == 0 ? Html.EMPTY : Html.of("<span>{} {}</span>", number, word);
  }

  /** What is wrong in files, each with the way to its line. */
  static Html problems(String project, String commitId, List<ProblemView> problems) {
    return problems.isEmpty()
        ? Html.EMPTY
        : Html.of(
            "<ul class=\"problems\">{}</ul>",
            Html.each(
                problems,
                problem ->
                    Html.of(
                        "<li>{} <span>{}</span>{}</li>",
                        source(project, commitId, problem.file(), problem.line(), problem.column()),
                        problem.message(),
                        problem.expected().isEmpty()
                            ? Html.EMPTY
                            : Html.of(
                                " <span class=\"muted\">expected: {}</span>",
                                problem.expected()))));
  }

  private static Html source(String project, String commitId, String file, int line, int column) {
    if (file.isEmpty()) {
      return Html.EMPTY;
    }
    String place = file + (line > 0 ? ":" + line + (column > 0 ? ":" + column : "") : "");
    if (commitId.isEmpty()) {
      return Html.of("<code>{}</code>", place);
    }
    Link link = Link.to("/{}/-/blob/{}/{}", project, commitId, file);
    return Html.of(
        "<a class=\"source\" href=\"{}{}\"><code>{}</code></a>",
        link,
        line > 0 ? "#L" + line : "",
        place);
  }

  private static Html tree(Deployment deployment, List<Warning> warnings, Instant now) {
    if (deployment.objects().isEmpty()) {
      return Html.of("<p class=\"muted\">No objects are reported yet.</p>");
    }
    Map<String, List<ObjectView>> namespaces =
        deployment.objects().stream()
            .collect(
                Collectors.groupingBy(
                    object -> object.namespace(), TreeMap::new, Collectors.toList()));
    boolean small = deployment.objects().size() <= OPEN_UP_TO;
    return Html.of(
        "<ul class=\"tree\">{}</ul>",
        Html.each(
            namespaces.entrySet(),
            namespace ->
                Html.of(
                    """
                    <li><details id="ns-{}-{}"{}><summary><span class="kind">Namespace</span> \
                    <strong>{}</strong> <span class="muted">{}</span>{}</summary><ul>{}</ul></details></li>
                    """,
                    deployment.projectPath().replaceAll("[^A-Za-z0-9]", "-"),
                    namespace.getKey(),
                    Attributes.flag(
                        "open",
                        small || namespace.getValue().stream().anyMatch(DeploymentView::isWrong)),
                    namespace.getKey().isEmpty() ? "(of the whole cluster)" : namespace.getKey(),
                    Parts.plural(namespace.getValue().size(), "object"),
                    summary(namespace.getValue()),
                    Html.each(
                        namespace.getValue(),
                        object -> object(deployment, object, warnings, now)))));
  }

  private static Html summary(List<ObjectView> objects) {
    long wrong = objects.stream().filter(DeploymentView::isWrong).count();
    long busy =
        objects.stream()
            .filter(object -> !isWrong(object))
            .filter(object ->
                object.health().equals("in_progress") || object.health().equals("terminating"))
            .count();
    if (wrong > 0) {
      return Parts.badge(Tone.BAD, wrong + " not well");
    }
    return busy > 0
        ? Parts.badge(Tone.BUSY, busy + " changing")
        : Parts.badge(Tone.GOOD, "all well");
  }

  private static boolean isWrong(ObjectView object) {
    return object.action().equals("apply_failed")
        || object.health().equals("failed")
        || object.health().equals("not_found");
  }

  private static Html object(
      Deployment deployment, ObjectView object, List<Warning> warnings, Instant now) {
    List<Warning> own =
        warnings.stream()
            .filter(warning -> warning.projectPath().equals(deployment.projectPath()))
            .filter(warning -> concerns(warning, object))
            .limit(3)
            .toList();
    return Html.of(
        """
        <li class="object"><span class="kind">{}</span> <strong>{}</strong> {} <span class="muted action">{}</span> {}{}{}</li>
        """,
        object.kind(),
        object.name(),
        AgentBadges.health(object.health(), object.action()),
        AgentBadges.capital(object.action()),
        source(
            deployment.projectPath(),
            deployment.commitId(),
            object.source().file(),
            object.source().line(),
            0),
        object.message().isEmpty()
            ? Html.EMPTY
            : Html.of("<p class=\"message\">{}</p>", object.message()),
        Html.each(own, warning -> event(warning, now)));
  }

  private static boolean concerns(Warning warning, ObjectView object) {
    return warning.kind().equals(object.kind())
        && warning.namespace().equals(object.namespace())
        && warning.name().equals(object.name());
  }

  /** Events of what the objects brought about, such as the Pods of a Deployment. */
  private static Html events(Deployment deployment, List<Warning> warnings, Instant now) {
    List<Warning> others =
        warnings.stream()
            .filter(warning -> warning.projectPath().equals(deployment.projectPath()))
            .filter(warning ->
                deployment.objects().stream().noneMatch(object -> concerns(warning, object)))
            .limit(10)
            .toList();
    return others.isEmpty()
        ? Html.EMPTY
        : Html.of(
            "<h3>Warnings of the cluster</h3>{}",
            Html.each(
                others,
                warning ->
                    Html.of(
                        "<p class=\"event-of\"><span class=\"kind\">{}</span> <strong>{}</strong></p>{}",
                        warning.kind(),
                        warning.namespace() + "/" + warning.name(),
                        event(warning, now))));
  }

  private static Html event(Warning warning, Instant now) {
    return Html.of(
        "<p class=\"event\">{} {}{} <span class=\"muted\">{}</span></p>",
        Parts.badge(Tone.WARN, warning.reason()),
        warning.message(),
        warning.count() > 1 ? " (" + warning.count() + " times)" : "",
        Parts.ago(warning.happenedAt(), now));
  }
}
