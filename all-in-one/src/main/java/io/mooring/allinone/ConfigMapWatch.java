package io.mooring.allinone;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * When a ConfigMap of the cluster takes a value, as the real {@code kubectl get --watch} shows it.
 * Awaited by one thread.
 */
public final class ConfigMapWatch implements AutoCloseable {

  private final KubectlOutput output;

  private ConfigMapWatch(KubectlOutput output) {
    this.output = output;
  }

  /** Watches the key {@code text} of the ConfigMap, which exists. */
  public static ConfigMapWatch start(
      Path kubeconfig, String namespace, String name, InstantSource clock) throws IOException {
    return new ConfigMapWatch(
        KubectlOutput.start(
            kubeconfig,
            clock,
            "--namespace",
            namespace,
            "get",
            "configmap",
            name,
            "--watch",
            "-o",
            "jsonpath={.data.text}{\"\\n\"}"));
  }

  /**
   * Waits until the value is {@code wanted}.
   *
   * @return when kubectl printed it
   * @throws IOException when it did not within {@code limit}
   */
  public Instant await(String wanted, Duration limit) throws IOException, InterruptedException {
    return output.await("the text " + wanted, wanted::equals, limit).at();
  }

  @Override
  public void close() {
    output.close();
  }
}
