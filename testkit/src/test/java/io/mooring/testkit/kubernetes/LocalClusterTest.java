package io.mooring.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.testkit.process.ChildProcess;
import io.mooring.testkit.process.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A cluster of its own, because it is ended here. */
final class LocalClusterTest {
  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Path directory;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static LocalCluster cluster;

  @BeforeAll
  static void start() {
    directory = Workspace.create("cluster-test");
    cluster = LocalCluster.start(directory);
  }

  @AfterAll
  static void end() {
    cluster.close();
    Workspace.delete(directory);
  }

  @Test
  void endsAllItsProcessesWhenClosed() {
    List<ChildProcess> processes;
    try (var other = LocalCluster.start(directory.resolve("other"))) {
      processes = other.processes();
      assertThat(processes).hasSizeGreaterThanOrEqualTo(2).allMatch(ChildProcess::isAlive);
    }

    assertThat(processes).noneMatch(ChildProcess::isAlive);
  }

  @Test
  void finishesTheDeletionOfANamespace() {
    ApiServer apiServer = cluster.apiServer();
    var namespace = TestNamespace.create(apiServer);

    namespace.close();

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> apiServer.get("/api/v1/namespaces/" + namespace).status() == 404);
  }

  @Test
  void letsUsersDoWhatARoleAllows() {
    ApiServer apiServer = cluster.apiServer();
    var alice = new Kubectl(apiServer.user("alice").kubeconfig());
    var bob = new Kubectl(apiServer.user("bob").kubeconfig());
    try (var namespace = TestNamespace.create(apiServer)) {
      namespace.kubectl("create", "role", "reader", "--verb=get,list", "--resource=configmaps");
      namespace.kubectl("create", "rolebinding", "readers", "--role=reader", "--group=devs");

      String[] read = {"get", "configmaps", "--namespace=" + namespace};
      await().until(() -> alice.command(read).run().exitCode() == 0);
      assertThat(bob.command(read).run().stderr()).contains("Forbidden", "\"bob\"");
    }
  }

  @Test
  void showsNoTokenInText() {
    for (String name : List.of("admin", "alice", "bob")) {
      ApiUser user = cluster.apiServer().user(name);

      assertThat(user.toString()).contains(name, "***").doesNotContain(user.token());
    }
  }

  @Test
  void keepsItsFilesFromOtherUsers() throws Exception {
    assertThat(Files.getPosixFilePermissions(cluster.directory())).hasSize(3);
  }
}
