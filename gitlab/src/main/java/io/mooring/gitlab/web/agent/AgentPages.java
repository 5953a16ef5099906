package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.AccessGrants;
import io.mooring.gitlab.agent.ActivityEvents;
import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentAccess;
import io.mooring.gitlab.agent.AgentState;
import io.mooring.gitlab.agent.AgentStates;
import io.mooring.gitlab.agent.AgentToken;
import io.mooring.gitlab.agent.AgentTokens;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.identity.Users;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.repository.Trees;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import io.mooring.gitlab.web.project.Sources;
import io.mooring.wire.gitaly.GitCommit;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What stands under the tabs of an agent. Thread-safe. */
@Component
class AgentPages {
  /** An agent has at most two tokens that may be used. */
  private static final Page ALL_TOKENS = new Page(1, 10);

  private final AgentAccess access;
  private final AgentStates states;
  private final ActivityEvents activity;
  private final AgentTokens tokens;
  private final AccessGrants grants;
  private final CeilingCard ceiling;
  private final Users users;
  private final Trees trees;
  private final Sources sources;
  private final InstantSource clock;

  AgentPages(
      AgentAccess access,
      AgentStates states,
      ActivityEvents activity,
      AgentTokens tokens,
      AccessGrants grants,
      CeilingCard ceiling,
      Users users,
      Trees trees,
      Sources sources,
      InstantSource clock) {
    this.access = access;
    this.states = states;
    this.activity = activity;
    this.tokens = tokens;
    this.grants = grants;
    this.ceiling = ceiling;
    this.users = users;
    this.trees = trees;
    this.sources = sources;
    this.clock = clock;
  }

  Html deployments(Agent agent) {
    AgentState state = states.of(agent.id());
    Instant now = clock.instant();
    if (!state.deployments().isEmpty()) {
      return DeploymentView.view(state, now);
    }
    return Html.of(
        "<div id=\"deployments\" data-live>{}</div>",
        Parts.empty(
            "Nothing is deployed yet",
            Html.of(
                """
                <p>Name manifest projects under <code>gitops</code> in \
                <a href="{}">the configuration</a>, push manifests, and they show here with their health.</p>
                """,
                AgentTab.CONFIGURATION.link(agent))));
  }

  Html activity(Agent agent, Page page) {
    return ActivityView.view(
        activity.list(agent.id(), page),
        page,
        AgentTab.ACTIVITY.link(agent),
        this::person,
        id -> id.flatMap(token -> tokens.find(agent.id(), token)).map(AgentToken::name).orElse("?"),
        clock.instant());
  }

  Html tokens(Visit visit, Agent agent, Optional<String> problem) {
    return TokenView.view(
        visit,
        agent,
        tokens.active(agent.id(), ALL_TOKENS).items(),
        this::person,
        access.manages(visit.caller(), agent.project()),
        problem,
        clock.instant());
  }

  Html access(Visit visit, Agent agent) {
    return AccessView.view(agent, grants.of(agent), ceiling.view(visit, agent));
  }

  /** The file of the commit that was judged, so that its lines are those of the problems. */
  Html configuration(Agent agent) {
    Project project = agent.project();
    Optional<AgentState.Configuration> state =
        Optional.ofNullable(states.of(agent.id()).configuration());
    Optional<String> commit =
        state
            .map(AgentState.Configuration::commitId)
            .filter(id -> !id.isEmpty())
            .flatMap(id -> trees.commit(project.repository(), id))
            .or(() -> trees.commit(project.repository(), project.defaultBranch()))
            .map(GitCommit::getId);
    Sources.Found found =
        commit
            .map(id -> sources.read(project, id, ConfigurationView.path(agent.name())))
            .orElseGet(Sources.Found.Missing::new);
    return ConfigurationView.view(agent, state, found, clock.instant());
  }

  Html pods(Agent agent, AgentConnections.Known known) {
    Instant now = clock.instant();
    return Html.of(
        "<section class=\"card\" id=\"pods\" data-live><h2>Connected pods</h2>{}</section>",
        switch (known) {
          case AgentConnections.Known.Unknown(String reason) ->
              Html.of("<p class=\"hint\">Not known now: {}.</p>", reason);
          case AgentConnections.Known.Pods(var pods) ->
              pods.isEmpty()
                  ? Html.of(
                      "<p class=\"muted\">No pod is connected. <a href=\"{}\">Check the token</a> and the log of agentk.</p>",
                      AgentTab.TOKENS.link(agent))
                  : Html.of(
                      """
                      <div class="table"><table><thead><tr><th scope="col">Pod</th><th scope="col">Version</th>\
                      <th scope="col">Commit</th><th scope="col">Connected</th></tr></thead><tbody>{}</tbody></table></div>
                      """,
                      Html.each(
                          pods,
                          pod ->
                              Html.of(
                                  """
                                  <tr><th scope="row" data-label="Pod">{}<span class="muted sub">{}</span></th>\
                                  <td data-label="Version">{}</td><td data-label="Commit"><code>{}</code></td><td data-label="Connected">{}</td></tr>
                                  """,
                                  pod.podName(),
                                  pod.podNamespace(),
                                  pod.version(),
                                  Parts.shortId(pod.commit()),
                                  Parts.ago(pod.connectedAt(), now))));
        });
  }

  /** Removing the agent, by typing its name. */
  static Html removal(Visit visit, Agent agent) {
    Link target =
        Link.to("/{}/-/cluster_agents/{}/delete", agent.project().fullPath(), agent.name());
    return Html.of(
        """
        <details class="confirm danger-zone" id="remove"><summary class="button small danger">Delete the agent</summary>
        <form class="panel form" method="post" action="{}">{}<p>Its tokens stop working at once. What it deployed stays in the cluster.</p>
        <label class="field"><span>Type <strong>{}</strong> to confirm</span><input name="confirm" required autocomplete="off"></label>
        <button type="submit" class="button danger">Delete it</button></form></details>
        """,
        target,
        visit.csrf(),
        agent.name());
  }

  private String person(Optional<Long> id) {
    return id.flatMap(users::find).map(User::name).orElse("somebody who is gone");
  }
}
