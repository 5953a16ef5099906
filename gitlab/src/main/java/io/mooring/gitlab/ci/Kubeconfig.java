package io.mooring.gitlab.ci;

import io.mooring.gitlab.agent.Agent;
import io.mooring.protocol.secret.Secret;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * The file that a job gives kubectl: one context an agent, called after its project and name. As at
 * GitLab none is the current one, because a job that forgets to choose must not reach a cluster by
 * chance (gitlab-side.md 2.4).
 */
final class Kubeconfig {
  private static final String CLUSTER = "gitlab";

  private Kubeconfig() {}

  /** The file for a job's token and the agents that serve the job, in YAML. */
  static Secret of(URI proxy, Secret token, List<AllowedAgents.Allowed> agents) {
    var users = new ArrayList<Map<String, Object>>();
    var contexts = new ArrayList<Map<String, Object>>();
    for (AllowedAgents.Allowed allowed : agents) {
      Agent agent = allowed.agent();
      String user = "agent:" + agent.id();
      users.add(named(user, "user", map("token", "ci:" + agent.id() + ":" + token.text())));
      Map<String, Object> context = map("cluster", CLUSTER);
      String namespace = allowed.configuration().path("default_namespace").asString("");
      if (!namespace.isEmpty()) {
        context.put("namespace", namespace);
      }
      context.put("user", user);
      contexts.add(named(agent.project().fullPath() + ":" + agent.name(), "context", context));
    }
    Map<String, Object> file = map("apiVersion", "v1");
    file.put("kind", "Config");
    file.put("clusters", List.of(named(CLUSTER, "cluster", map("server", proxy.toString()))));
    file.put("users", users);
    file.put("contexts", contexts);
    return Secret.of(yaml().dump(file));
  }

  private static Map<String, Object> named(String name, String member, Map<String, Object> value) {
    Map<String, Object> entry = map("name", name);
    entry.put(member, value);
    return entry;
  }

  private static Map<String, Object> map(String key, Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(key, value);
    return map;
  }

  private static Yaml yaml() {
    var options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    // A folded line would still be right, but not for people who read the file with other tools.
    options.setSplitLines(false);
    return new Yaml(options);
  }
}
