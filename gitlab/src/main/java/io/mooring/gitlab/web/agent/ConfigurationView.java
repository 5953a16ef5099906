package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentState;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Parts.Tone;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import io.mooring.gitlab.web.project.SourceFile;
import io.mooring.gitlab.web.project.Sources.Found;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The configuration file of an agent, and what became of it. */
final class ConfigurationView {
  private ConfigurationView() {}

  static String path(String agentName) {
    return ".gitlab/agents/" + agentName + "/config.yaml";
  }

  static Html view(
      Agent agent, Optional<AgentState.Configuration> state, Found found, Instant now) {
    return Html.of(
        "<section class=\"card\" id=\"configuration\" data-live><header><h2>{}</h2>{}</header>{}{}</section>",
        path(agent.name()),
        state.map(known -> status(agent, known, now)).orElse(Html.EMPTY),
        state
            .map(known ->
                DeploymentView.problems(
                    agent.project().fullPath(), known.commitId(), known.problems()))
            .orElse(Html.EMPTY),
        file(agent, state, found));
  }

  private static Html status(Agent agent, AgentState.Configuration state, Instant now) {
    return Html.of(
        "{} {} <span class=\"muted\">{}</span>",
        state.status().equals("applied")
            ? Parts.badge(Tone.GOOD, "Applied")
            : Parts.badge(Tone.BAD, "Refused", "The agent keeps to the file it applied before."),
        AgentBadges.commit(agent.project().fullPath(), Optional.of(state.commitId())),
        Parts.ago(state.updatedAt(), now));
  }

  private static Html file(Agent agent, Optional<AgentState.Configuration> state, Found found) {
    return switch (found) {
      case Found.Text(String text, long _) -> SourceFile.of(text, remarks(state)).view();
      case Found.Opaque(String reason) -> Html.of("<p class=\"muted\">{}</p>", reason);
      case Found.Directory(), Found.Missing() ->
          Parts.empty(
              "There is no such file yet",
              Html.of(
                  """
                  <p>The agent runs with defaults and deploys nothing. Commit this file to <code>{}</code> of \
                  <a href="{}">{}</a>:</p>{}
                  """,
                  agent.project().defaultBranch(),
                  Link.to("/{}", agent.project().fullPath()),
                  agent.project().fullPath(),
                  Parts.copyable(
                      "config.yaml",
                      """
                      gitops:
                        manifest_projects:
                        - id: %s
                          paths:
                          - glob: 'manifests/**/*.yaml'\
                      """
                          .formatted(agent.project().fullPath()))));
    };
  }

  private static List<SourceFile.Remark> remarks(Optional<AgentState.Configuration> state) {
    return state
        .filter(known -> known.status().equals("rejected"))
        .map(known ->
            known.problems().stream()
                .map(problem ->
                    new SourceFile.Remark(
                        problem.line(),
                        problem.column(),
                        problem.expected().isEmpty()
                            ? problem.message()
                            : problem.message() + " (expected: " + problem.expected() + ")"))
                .toList())
        .orElse(List.of());
  }
}
