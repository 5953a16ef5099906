package io.mooring.gitlab.web;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.FakeKas;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.testkit.git.GitCommand;
import io.mooring.testkit.process.Workspace;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * A small company with agents in every state, as it looks in the middle of a working day. Made
 * through the same interfaces that programs use.
 *
 * @param project number of the project
 * @param path its full path
 */
record SampleSite(long project, String path) {
  static final String PASSWORD = "correct horse battery";
  private static final String REPORTS = "/api/v4/internal/kubernetes/agent_reports";

  static SampleSite make(Running gitlab, FakeKas kas) {
    Api root = gitlab.root();
    root.post(
            "/api/v4/users",
            "username",
            "ada",
            "name",
            "Ada Meyer",
            "email",
            "ada@acme.example",
            "password",
            PASSWORD,
            "admin",
            true)
        .expect(201);
    person(root, "ann", "Ann Ortega");
    person(root, "bob", "Bob Lindqvist");
    person(root, "mei", "Mei Tanaka");
    long group =
        root.post(
                "/api/v4/groups",
                "name",
                "Acme",
                "path",
                "acme",
                "description",
                "Everything the shop runs on")
            .expect(201)
            .id();
    root.post("/api/v4/groups", "name", "Platform", "path", "platform", "parent_id", group)
        .expect(201);
    long project =
        root.post(
                "/api/v4/projects",
                "name",
                "Shop",
                "namespace_id",
                group,
                "description",
                "Manifests of the web shop and the configuration of its agents")
            .expect(201)
            .id();
    root.post(
            "/api/v4/projects",
            "name",
            "Storefront",
            "namespace_id",
            group,
            "description",
            "What customers see")
        .expect(201);
    root.post("/api/v4/projects", "name", "Notes", "visibility", "internal").expect(201);
    long ada = root.get("/api/v4/users?username=ada").json().get(0).path("id").asLong();
    root.post("/api/v4/groups/" + group + "/members", "user_id", ada, "access_level", 50)
        .expect(201);
    for (String[] member : new String[][] {{"ann", "40"}, {"bob", "30"}, {"mei", "20"}}) {
      long id = root.get("/api/v4/users?username=" + member[0]).json().get(0).path("id").asLong();
      root.post(
              "/api/v4/projects/" + project + "/members",
              "user_id",
              id,
              "access_level",
              Integer.parseInt(member[1]))
          .expect(201);
    }
    String commit = push(gitlab, project);
    var site = new SampleSite(project, "acme/shop");
    site.production(gitlab, kas, commit);
    site.staging(gitlab, kas, commit);
    site.edge(gitlab, kas, commit);
    root.put(
            "/api/v4/admin/cluster_agents/" + site.id(gitlab, "edge") + "/ceiling",
            "{\"groups\":[%d],\"verbs\":[\"get\",\"list\",\"watch\"],\"namespaces\":[\"team-*\",\"shop\"],\"subresources\":[\"log\"]}"
                .formatted(group))
        .expect(200);
    site.agent(gitlab, "lab", false);
    kas.connect(site.id(gitlab, "lab"));
    return site;
  }

  private static void person(Api root, String username, String name) {
    root.post(
            "/api/v4/users",
            "username",
            username,
            "name",
            name,
            "email",
            username + "@acme.example",
            "password",
            PASSWORD)
        .expect(201);
  }

  private static String push(Running gitlab, long project) {
    Path directory = Workspace.create("sample");
    try {
      GitCommand git = GitCommand.init(directory);
      git.run("config", "user.name", "Ann Ortega");
      git.write("README.md", "# Shop\n\nManifests of the web shop.\n");
      git.write(".gitlab/agents/production/config.yaml", config("acme/shop", 30));
      git.commit("Begin");
      git.write("manifests/web.yaml", web(2));
      git.write("manifests/database.yaml", DATABASE);
      git.commit("Deploy the shop");
      git.write("manifests/web.yaml", web(3));
      git.write(".gitlab/agents/staging/config.yaml", config("acme/shop", 30));
      git.write(".gitlab/agents/edge/config.yaml", config("acme/shop", 140));
      git.commit("Run three replicas of the web front");
      git.run("push", gitlab.repository(project, "root", gitlab.root().token()), "main");
      return git.run("rev-parse", "HEAD").strip();
    } finally {
      Workspace.delete(directory);
    }
  }

  private static String config(String project, int prune) {
    return """
    gitops:
      manifest_projects:
      - id: %s
        default_namespace: shop
        paths:
        - glob: 'manifests/**/*.yaml'
        prune:
          max_percent: %d
    ci_access:
      projects:
      - id: acme/storefront
        default_namespace: shop
        environments: [staging, 'review/*']
        access_as:
          ci_job: {}
    user_access:
      access_as:
        user: {}
      groups:
      - id: acme
    """
        .formatted(project, prune);
  }

  private static String web(int replicas) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      namespace: shop
    spec:
      replicas: %d
      selector:
        matchLabels: {app: web}
      template:
        metadata:
          labels: {app: web}
        spec:
          containers:
          - name: web
            image: registry.example/shop/web:2.4.1
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
      namespace: shop
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    """
        .formatted(replicas);
  }

  private static final String DATABASE =
      """
      apiVersion: apps/v1
      kind: StatefulSet
      metadata:
        name: database
        namespace: shop
      """;

  long id(Running gitlab, String name) {
    return Long.parseLong(
        gitlab.sqlValue(
            "select id from cluster_agents where name = '"
                + name
                + "' and project_id = "
                + project));
  }

  private long agent(Running gitlab, String name, boolean seen) {
    long id =
        gitlab
            .root()
            .post("/api/v4/projects/" + project + "/cluster_agents", "name", name)
            .expect(201)
            .id();
    String token = gitlab.newAgentToken(project, id);
    if (seen) {
      gitlab.kas(token).get("/api/v4/internal/kubernetes/agent_info").expect(200);
    }
    return id;
  }

  private void production(Running gitlab, FakeKas kas, String commit) {
    long agent = agent(gitlab, "production", true);
    kas.connect(agent, "v16.5.0", "v16.5.0");
    gitlab
        .kas()
        .post(
            "/api/v4/internal/kubernetes/agent_configuration",
            """
            {"agent_id":%d,"agent_config":{"ci_access":{"projects":[{"id":"acme/storefront","default_namespace":"shop",
            "environments":["staging","review/*"],"access_as":{"ci_job":{}}}]},
            "user_access":{"access_as":{"user":{}},"groups":[{"id":"acme"}]}}}\
            """
                .formatted(agent))
        .expect(204);
    report(gitlab, agent, "\"configuration_applied\":{\"commit_id\":\"" + commit + "\"}");
    report(gitlab, agent, finished(commit, "SUCCEEDED", 3, 4, 0, "\"problems\":[]"));
    report(
        gitlab,
        agent,
        states(
            state(
                "apps",
                "Deployment",
                "shop",
                "web",
                "CONFIGURED",
                "CURRENT",
                "",
                "manifests/web.yaml",
                1),
            state(
                "", "Service", "shop", "web", "UNCHANGED", "CURRENT", "", "manifests/web.yaml", 18),
            state(
                "apps",
                "StatefulSet",
                "shop",
                "database",
                "CONFIGURED",
                "IN_PROGRESS",
                "Ready: 1/2",
                "manifests/database.yaml",
                1),
            state(
                "",
                "ConfigMap",
                "shop",
                "settings",
                "UNCHANGED",
                "CURRENT",
                "",
                "manifests/settings.yaml",
                1),
            state(
                "",
                "Namespace",
                "",
                "shop",
                "UNCHANGED",
                "CURRENT",
                "",
                "manifests/namespace.yaml",
                1)));
    report(
        gitlab,
        agent,
        "\"warning_event\":{\"project_id\":\"acme/shop\",\"object\":{\"group\":\"apps\",\"kind\":\"StatefulSet\",\"namespace\":\"shop\",\"name\":\"database\"},"
            + "\"reason\":\"FailedScheduling\",\"message\":\"0/3 nodes are available: 3 Insufficient memory.\",\"count\":4}");
  }

  private void staging(Running gitlab, FakeKas kas, String commit) {
    long agent = agent(gitlab, "staging", true);
    kas.connect(agent, "v16.5.0", "v16.2.1");
    report(gitlab, agent, "\"configuration_applied\":{\"commit_id\":\"" + commit + "\"}");
    report(
        gitlab,
        agent,
        finished(
            commit,
            "FAILED",
            1,
            1,
            1,
            "\"message\":\"1 of 3 objects was not applied\",\"problems\":[{\"file\":\"manifests/web.yaml\",\"line\":7,\"column\":13,\"message\":\"spec.replicas: many\",\"expected\":\"a number\"}]"));
    report(
        gitlab,
        agent,
        states(
            state(
                "apps",
                "Deployment",
                "shop",
                "web",
                "APPLY_FAILED",
                "CURRENT",
                "spec.replicas: many is no number",
                "manifests/web.yaml",
                1),
            state(
                "",
                "Service",
                "shop",
                "web",
                "UNCHANGED",
                "CURRENT",
                "",
                "manifests/web.yaml",
                18)));
  }

  private void edge(Running gitlab, FakeKas kas, String commit) {
    long agent = agent(gitlab, "edge", true);
    kas.connect(agent);
    gitlab.sql(
        "update cluster_agent_token_uses set last_used_at = now() - interval '3 hours' where token_id in"
            + " (select id from cluster_agent_tokens where agent_id = "
            + agent
            + ");"
            + "update cluster_agent_tokens set last_used_at = now() - interval '3 hours' where agent_id = "
            + agent);
    report(
        gitlab,
        agent,
        "\"configuration_rejected\":{\"commit_id\":\""
            + commit
            + "\",\"problems\":[{\"file\":\".gitlab/agents/edge/config.yaml\",\"line\":8,\"column\":20,\"message\":\"prune.max_percent: 140\",\"expected\":\"0-100\"}]}");
  }

  private static String finished(
      String commit, String outcome, int applied, int unchanged, int failed, String more) {
    Instant now = InstantSource.system().instant();
    return "\"sync_finished\":{\"project_id\":\"acme/shop\",\"commit_id\":\""
        + commit
        + "\",\"outcome\":\""
        + outcome
        + "\",\"applied\":"
        + applied
        + ",\"unchanged\":"
        + unchanged
        + ",\"failed\":"
        + failed
        + ",\"started_at\":\""
        + now.minusSeconds(2).truncatedTo(ChronoUnit.MILLIS)
        + "\","
        + more
        + "}";
  }

  private static String states(String... states) {
    return "\"object_states\":{\"project_id\":\"acme/shop\",\"reset\":true,\"states\":["
        + String.join(",", states)
        + "]}";
  }

  private static String state(
      String group,
      String kind,
      String namespace,
      String name,
      String action,
      String health,
      String message,
      String file,
      int line) {
    return "{\"object\":{\"group\":\""
        + group
        + "\",\"kind\":\""
        + kind
        + "\",\"namespace\":\""
        + namespace
        + "\",\"name\":\""
        + name
        + "\"},\"action\":\""
        + action
        + "\",\"health\":\""
        + health
        + "\",\"message\":\""
        + message
        + "\",\"source\":{\"file\":\""
        + file
        + "\",\"line\":"
        + line
        + ",\"column\":1}}";
  }

  /** Sends one event as kas sends what an agent reported. */
  static void report(Running gitlab, long agent, String event) {
    gitlab
        .kas()
        .post(
            REPORTS,
            "{\"agent_id\":%d,\"events\":[{\"id\":\"%s\",\"time\":\"%s\",%s}]}"
                .formatted(
                    agent,
                    java.util.UUID.randomUUID(),
                    InstantSource.system().instant().truncatedTo(ChronoUnit.MILLIS),
                    event))
        .expect(204);
  }
}
