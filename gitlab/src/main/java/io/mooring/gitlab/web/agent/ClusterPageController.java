package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentAccess;
import io.mooring.gitlab.kas.KasClient;
import io.mooring.gitlab.kas.KubernetesProxyUrl;
import io.mooring.gitlab.proxyuser.ProxyUsers;
import io.mooring.gitlab.proxyuser.Verdict;
import io.mooring.gitlab.web.ContentPolicy;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import java.net.URI;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * What runs in an agent's cluster. The browser asks kas itself, with the rights of the person, so
 * nothing of the cluster passes through here.
 */
@RestController
class ClusterPageController {
  private final Layout layout;
  private final AgentFrames frames;
  private final AgentAccess access;
  private final AgentConnections connections;
  private final ProxyUsers proxyUsers;
  private final KasClient kas;
  private final KubernetesProxyUrl proxy;

  ClusterPageController(
      Layout layout,
      AgentFrames frames,
      AgentAccess access,
      AgentConnections connections,
      ProxyUsers proxyUsers,
      KasClient kas,
      KubernetesProxyUrl proxy) {
    this.layout = layout;
    this.frames = frames;
    this.access = access;
    this.connections = connections;
    this.proxyUsers = proxyUsers;
    this.kas = kas;
    this.proxy = proxy;
  }

  @GetMapping(value = "/{*project}/-/cluster_agents/{name}", params = "tab=cluster")
  ResponseEntity<Html> show(
      Visit visit, @PathVariable("project") String path, @PathVariable("name") String name) {
    Agent agent = access.named(visit.caller(), path.substring(1), name);
    AgentConnections.Known known = connections.of(agent.id());
    Verdict verdict = proxyUsers.judge(agent, visit.user());
    URI address = proxy.forBrowsers();
    Html content =
        kas.isEnabled()
            ? ClusterView.view(agent, visit.user(), verdict, known, address)
            : ClusterView.withoutKas();
    return ResponseEntity.ok()
        .header(ContentPolicy.HEADER, ContentPolicy.calling(address))
        .body(layout.page(visit, frames.of(visit, agent, AgentTab.CLUSTER, known), content));
  }
}
