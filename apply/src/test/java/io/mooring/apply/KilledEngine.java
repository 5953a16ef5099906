package io.mooring.apply;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mooring.apply.manifest.Source;
import io.mooring.apply.report.EngineListener;
import io.mooring.apply.report.ObjectState;
import io.mooring.apply.report.SyncResult;
import io.mooring.apply.report.WarningEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/** A process of its own that a test kills while it applies. */
final class KilledEngine {
  private KilledEngine() {}

  /** Arguments: kubeconfig, project, namespace, manifest file. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Config config = Config.fromKubeconfig(Files.readString(Path.of(args[0])));
    CountDownLatch done = new CountDownLatch(1);
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
        Engine engine =
            Engine.start(
                TestEngine.options(args[2]),
                client,
                listener(done),
                InstantSource.system(),
                new Random())) {
      Source source = new Source("all.yaml", Files.readAllBytes(Path.of(args[3])));
      engine.submit(new Batch("killed", Long.parseLong(args[1]), List.of(source)));
      done.await();
    }
  }

  private static EngineListener listener(CountDownLatch done) {
    return new EngineListener() {
      @Override
      public void syncStarted(long projectId, String commitId) {}

      @Override
      public void syncFinished(SyncResult result) {
        System.out.println(result);
        done.countDown();
      }

      @Override
      public void objectStates(
          long projectId, String commitId, boolean reset, List<ObjectState> states) {}

      @Override
      public void warningEvent(long projectId, WarningEvent event) {}
    };
  }
}
