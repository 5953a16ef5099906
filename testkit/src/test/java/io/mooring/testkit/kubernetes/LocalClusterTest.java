package io.mooring.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.testkit.process.ChildProcess;
import io.mooring.testkit.process.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@RealKubernetes
final class LocalClusterTest {
  @Test
  void endsAllItsProcessesWhenClosed() {
    Path directory = Workspace.create("cluster-test");
    List<ChildProcess> processes;
    try (var own = LocalCluster.start(directory)) {
      processes = own.processes();
      assertThat(processes).hasSizeGreaterThanOrEqualTo(2).allMatch(ChildProcess::isAlive);
    }

    assertThat(processes).noneMatch(ChildProcess::isAlive);
    Workspace.delete(directory);
  }

  @Test
  void finishesTheDeletionOfANamespace(ApiServer apiServer) {
    var namespace = TestNamespace.create(apiServer);

    namespace.close();

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> apiServer.get("/api/v1/namespaces/" + namespace).status() == 404);
  }

  @Test
  void letsUsersDoWhatARoleAllows(ApiServer apiServer) {
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
  void showsNoTokenInText(ApiServer apiServer) {
    for (String name : List.of("admin", "alice", "bob")) {
      ApiUser user = apiServer.user(name);

      assertThat(user.toString()).contains(name, "***").doesNotContain(user.token());
    }
  }

  @Test
  void keepsItsFilesFromOtherUsers(LocalCluster cluster) throws Exception {
    assertThat(Files.getPosixFilePermissions(cluster.directory())).hasSize(3);
  }
}
