package io.mooring.gitlab.cable;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Browser;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The client that Rails ships, of the time of GitLab 16.5 and of today. */
@ExtendWith(GitLabUnderTest.class)
class RailsClientTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"7.0.8", "8.1.100"})
  void worksUnchanged(String version, Running gitlab) throws Exception {
    URI base = gitlab.application().url();
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    Person person = gitlab.newMember(project, 30);
    Browser browser = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);
    Map<String, String> cookie = Map.of("Cookie", "_gitlab_session=" + browser.cookie());
    var agents = Map.of("channel", "AgentsChannel", "project_id", project);
    var one = Map.of("channel", "AgentChannel", "agent_id", agent);
    try (RailsClient client = RailsClient.start(version, directory)) {
      client.send("threshold", "seconds", 4);
      client.send("proxy", "id", "p", "target", base.getPort());
      int proxy = client.next("p", "listening").asInt();
      client.consumer("page", base, proxy, cookie);

      // Connects, subscribes twice to the same, and is rejected.
      client.subscribe("page", "first", agents);
      client.subscribe("page", "second", agents);
      client.subscribe("page", "agent", one);
      client.subscribe("page", "none", Map.of("channel", "AgentChannel", "agent_id", 0));
      client.next("first", "connected");
      client.next("second", "connected");
      client.next("agent", "connected");
      client.next("none", "rejected");

      // Receives, each subscription once.
      gitlab.newAgentToken(project, agent);
      assertThat(type(client.next("first", "received"))).isEqualTo("token_created");
      assertThat(type(client.next("second", "received"))).isEqualTo("token_created");
      client.send("perform", "id", "agent", "action", "ding", "data", Map.of("a", 1));

      // Loses the connection without a word, notices, and comes back with what it had.
      client.send("freeze", "id", "p");
      client.next("first", "connected");
      client.next("second", "connected");
      client.next("agent", "connected");
      assertThat(client.others("none")).isEmpty();

      // Unsubscribes one of two, then both.
      client.send("unsubscribe", "id", "second");
      gitlab.newAgent(project);
      assertThat(type(client.next("first", "received"))).isEqualTo("agent_created");
      client.send("unsubscribe", "id", "first");
      gitlab.newAgentToken(project, agent);
      assertThat(type(client.next("agent", "received"))).isIn("activity", "token_created");
      assertThat(client.others("first")).isEmpty();
      assertThat(client.others("second")).isEmpty();

      // Is no member any more: what it has is taken away, and stays away.
      gitlab.root().delete("/api/v4/projects/" + project + "/members/" + person.id()).expect(204);
      client.next("agent", "rejected");
      client.send("known", "consumer", "page", "id", "k");
      assertThat(client.next("k", "known").size()).isZero();

      // Signs out: the page does not come back by itself.
      client.subscribe("page", "project", Map.of("channel", "AgentsChannel", "project_id", 0));
      client.next("project", "rejected");
      long own = ownProject(browser);
      client.subscribe("page", "own", Map.of("channel", "AgentsChannel", "project_id", own));
      client.next("own", "connected");
      browser.api().post("/users/sign_out").expect(302);
      JsonNode disconnected = client.next("own", "disconnected");
      assertThat(disconnected.path("willAttemptReconnect").asBoolean()).isFalse();
    }
  }

  private static long ownProject(Browser browser) {
    return browser
        .api()
        .post("/api/v4/projects", "name", GitLabUnderTest.unique("own"))
        .expect(201)
        .id();
  }

  private static String type(JsonNode message) {
    return message.path("type").asString();
  }
}
