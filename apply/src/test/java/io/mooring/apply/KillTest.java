package io.mooring.apply;

import static io.mooring.apply.Manifests.configMap;
import static io.mooring.apply.TestEngine.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.testkit.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RealKubernetes
class KillTest {
  private static final int OBJECTS = 400;

  private static String configMaps(String ns, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> configMap(ns, "c" + i, "1"))
        .collect(Collectors.joining());
  }

  private static Set<String> managed(Live live, String id) {
    Set<String> names = new HashSet<>();
    for (JsonElement item :
        live.server()
            .get(live.path("configmaps") + "?labelSelector=mooring.dev%2Finventory%3D" + id)
            .json()
            .getAsJsonArray("items")) {
      names.add(item.getAsJsonObject().getAsJsonObject("metadata").get("name").getAsString());
    }
    return names;
  }

  @Test
  @Tag("fault-62")
  void losesNothingWhenItIsKilledInTheMiddleOfAnApply(
      ApiServer server, TestNamespace namespace, @TempDir Path directory) throws IOException {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    long project = TestEngine.newProject();
    String id = TestEngine.AGENT + "-" + project;
    try (TestEngine engine = TestEngine.start(options(ns), server.admin(), project)) {
      engine.sync("before", configMaps(ns, 0, 5));
    }
    Path manifests = Files.writeString(directory.resolve("all.yaml"), configMaps(ns, 1, OBJECTS));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            KilledEngine.class.getName(),
            server.kubeconfig().toString(),
            Long.toString(project),
            ns,
            manifests.toString());
    try (ChildProcess child = ChildProcess.start("engine", directory, Map.of(), command)) {
      child.await("some objects", Duration.ofSeconds(60), () -> managed(live, id).size() > 20);
      child.kill();
    }

    Set<String> made = managed(live, id);
    Set<String> inventory = live.inventory(id);
    assertThat(made).hasSizeLessThan(OBJECTS);
    assertThat(inventory)
        .containsAll(made.stream().map(name -> ns + "_" + name + "__ConfigMap").toList());

    try (TestEngine engine = TestEngine.start(options(ns), server.admin(), project)) {
      SyncResult result = engine.sync("after", configMaps(ns, 1, OBJECTS));

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(result.unchanged()).isGreaterThanOrEqualTo(made.size() - 1);
      assertThat(result.pruned()).isEqualTo(1);
      assertThat(managed(live, id)).hasSize(OBJECTS - 1).doesNotContain("c0");
      assertThat(live.inventory(id)).hasSize(OBJECTS - 1);
    }
  }
}
