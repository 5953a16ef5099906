package io.mooring.allinone;

import io.mooring.protocol.secret.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/**
 * What a person does first, done over the same API: a group, a project, an agent with its token,
 * and the first push.
 */
final class FirstLook {

  private static final Duration ARRIVAL = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final Stack stack;
  private final Worktree tree;
  private final String agents;
  private final long agentId;

  private FirstLook(Stack stack, Worktree tree, String agents, long agentId) {
    this.stack = stack;
    this.tree = tree;
    this.agents = agents;
    this.agentId = agentId;
  }

  /** Makes the project and the agent, and starts agentk with the agent's token. */
  static FirstLook register(Stack stack, Progress progress)
      throws IOException, InterruptedException {
    Rest rest = stack.rest();
    JsonNode group = rest.create("/groups", Map.of("name", Sample.GROUP, "path", Sample.GROUP));
    for (String name : List.of("sample", "deployer")) {
      rest.create(
          "/projects",
          Map.of("name", name, "path", name, "namespace_id", group.path("id").asLong()));
    }
    progress.say("project %s created", Sample.PROJECT);
    String agents = "/projects/" + Rest.segment(Sample.PROJECT) + "/cluster_agents";
    long agent = rest.create(agents, Map.of("name", Sample.AGENT)).path("id").asLong();
    JsonNode token = rest.create(agents + "/" + agent + "/tokens", Map.of("name", "quickstart"));
    stack.startAgent(Secret.of(token.path("token").asString()));
    progress.say("agent %s registered; agentk is up and waits at kas", Sample.AGENT);
    Worktree tree =
        Worktree.clone(
            stack.gitlab(), Sample.PROJECT, stack.token(), stack.workDirectory(), stack.clock());
    return new FirstLook(stack, tree, agents, agent);
  }

  /** Path of the agent in the REST API. */
  String agentPath() {
    return agents + "/" + agentId;
  }

  long agentId() {
    return agentId;
  }

  Worktree tree() {
    return tree;
  }

  /** Pushes the sample and prints when its commit passed each program. */
  void push(Progress progress) throws IOException, InterruptedException {
    Sample.write(tree);
    Worktree.Pushed pushed = tree.push("Add the sample");
    progress.say("pushed commit %s", pushed.commit().substring(0, 8));
    List<HopTimes.Hop> hops = arrival(pushed);
    for (HopTimes.Hop hop : hops) {
      progress.plain("    %-32s +%.2f s", hop.name(), hop.after().toMillis() / 1000.0);
    }
  }

  private List<HopTimes.Hop> arrival(Worktree.Pushed pushed)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + ARRIVAL.toNanos();
    while (System.nanoTime() < end) {
      List<HopTimes.Hop> hops = stack.hops().of(pushed.commit(), Sample.PROJECT, pushed.started());
      if (!hops.isEmpty() && hops.getLast().name().equals(HopTimes.LAST)) {
        return hops;
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    throw new IOException(
        "the commit did not reach the cluster within %d s; it got as far as: %s. The programs' log is %s"
            .formatted(
                ARRIVAL.toSeconds(),
                stack.hops().of(pushed.commit(), Sample.PROJECT, pushed.started()),
                stack.logFile()));
  }
}
