package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.UserAccess;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.proxyuser.Verdict;
import io.mooring.gitlab.proxyuser.Verdict.Allowed;
import io.mooring.gitlab.proxyuser.Verdict.Reason;
import io.mooring.gitlab.proxyuser.Verdict.Refused;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.net.URI;

/**
 * The page of a cluster as it comes from the server: why nothing can be shown, or the place where
 * the script {@code cluster.js} shows it.
 */
final class ClusterView {
  private ClusterView() {}

  static Html withoutKas() {
    return closed(
        "This GitLab has no kas",
        Html.of(
            "<p>Clusters are reached through kas. An administrator sets <code>kas.internal_url</code> and"
                + " <code>kas.external_k8s_proxy_url</code>.</p>"));
  }

  static Html view(
      Agent agent, User user, Verdict verdict, AgentConnections.Known known, URI proxy) {
    return switch (verdict) {
      case Refused(Reason reason) -> refused(agent, reason);
      case Allowed allowed ->
          known instanceof AgentConnections.Known.Pods(var pods) && pods.isEmpty()
              ? away(agent)
              : Html.join(
                  Html.of("<div id=\"cluster-gate\" data-live></div>"),
                  browser(agent, user, allowed, proxy));
    };
  }

  private static Html closed(String heading, Html next) {
    return Html.of(
        "<div id=\"cluster-gate\" data-live data-closed=\"true\">{}</div>",
        Parts.empty(heading, next));
  }

  private static Html away(Agent agent) {
    return closed(
        "The agent is not connected",
        Html.of(
            """
            <p>Its cluster is reached only through it. This page opens by itself when it is back. Until then look at \
            <a href="{}">its pods</a>, its log, and <a href="{}">its tokens</a>.</p>
            """,
            AgentTab.PODS.link(agent),
            AgentTab.TOKENS.link(agent)));
  }

  private static Html refused(Agent agent, Reason reason) {
    return switch (reason) {
      case NO_KEYWORD ->
          closed(
              "Nobody is let into this cluster from a browser yet",
              Html.join(lines(agent), rights(agent)));
      case NO_IDENTITY, SEVERAL_IDENTITIES ->
          closed(
              "The configuration does not say as whom people act",
              Html.join(
                  Html.of(
                      "<p>Under <code>user_access</code>, <code>access_as</code> must have exactly one of <code>user: {}</code> and <code>agent: {}</code>.</p>",
                      "{}",
                      "{}"),
                  lines(agent)));
      case NO_MEMBER ->
          closed(
              "You are not among the people this agent lets in",
              Html.of(
                  """
                  <p>Developers of the projects and groups under <code>user_access</code> are: see <a href="{}">who has \
                  access</a>. Ask a maintainer of one of them to add you, or of <a href="{}">{}</a> to let yours in.</p>
                  """,
                  AgentTab.ACCESS.link(agent),
                  Link.to("/{}", agent.project().fullPath()),
                  agent.project().fullPath()));
      case BEYOND_CEILING ->
          closed(
              "An administrator's ceiling keeps you out",
              Html.of(
                  "<p>{} See <a href=\"{}\">who has access</a>, and ask an administrator.</p>",
                  reason.text(),
                  AgentTab.ACCESS.link(agent)));
    };
  }

  /** What to write, and where. */
  private static Html lines(Agent agent) {
    return Html.of(
        """
        <p>Commit these lines to <a href="{}"><code>{}</code></a> of <a href="{}">{}</a>, on the branch \
        <code>{}</code>:</p>{}
        """,
        AgentTab.CONFIGURATION.link(agent),
        ConfigurationView.path(agent.name()),
        Link.to("/{}", agent.project().fullPath()),
        agent.project().fullPath(),
        agent.project().defaultBranch(),
        Parts.copyable(
            "Lines for config.yaml",
            """
            user_access:
              access_as:
                user: {}
              projects:
              - id: %s\
            """
                .formatted(agent.project().fullPath())));
  }

  private static Html rights(Agent agent) {
    return Html.of(
        "<p>Then give the developers of the project rights in the cluster, here to see what the role <code>view</code> shows:</p>{}",
        Parts.copyable(
            "Command for kubectl",
            "kubectl create clusterrolebinding gitlab-view-%d --clusterrole=view --group=gitlab:project_role:%d:developer"
                .formatted(agent.project().id(), agent.project().id())));
  }

  private static Html browser(Agent agent, User user, Allowed allowed, URI proxy) {
    String who = allowed.asUser() ? "gitlab:user:" + user.username() : "";
    return Html.of(
        """
        <section class="card cluster" data-cluster data-agent="{}" data-url="{}" data-who="{}" data-group="{}">
        <noscript><p class="problem">This page asks the cluster from your browser, which needs JavaScript. Without it use \
        kubectl: see <a href="{}">who has access</a>.</p></noscript></section>
        """,
        agent.id(),
        proxy.toString().replaceAll("/+$", ""),
        who,
        group(allowed.memberships()),
        AgentTab.ACCESS.link(agent));
  }

  /** A group that the cluster sees the person in. */
  private static String group(UserAccess.Memberships memberships) {
    return memberships.projects().isEmpty()
        ? "gitlab:group_role:%d:developer".formatted(memberships.groups().getFirst().id())
        : "gitlab:project_role:%d:developer".formatted(memberships.projects().getFirst().id());
  }
}
