package io.mooring.benchmarks.program;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One kas, from its configuration file, in a process of its own. */
public final class KasReplica implements AutoCloseable {
  private final KasFiles files;
  private final ProgramRun run;

  private KasReplica(KasFiles files, ProgramRun run) {
    this.files = files;
    this.run = run;
  }

  /** Starts it and waits until it is ready. */
  public static KasReplica start(Path root, KasFiles files)
      throws IOException, InterruptedException {
    ProgramRun run =
        ProgramRun.start(
            root,
            List.of(
                root.resolve("bin/kas").toString(),
                "--configuration-file",
                files.write().toString()),
            Map.of(),
            "\"kas is ready\"");
    try {
      run.awaitReady();
    } catch (IOException | InterruptedException e) {
      run.close();
      throw e;
    }
    return new KasReplica(files, run);
  }

  /** Where agents connect. */
  public InetSocketAddress agents() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), files.agentPort());
  }

  /** The same as agentk is told. */
  public String agentUrl() {
    return "grpc://127.0.0.1:" + files.agentPort();
  }

  /** Where kubectl connects. */
  public URI kubernetesApi() {
    return URI.create("http://127.0.0.1:" + files.kubernetesApiPort());
  }

  /** Its process. */
  public ProgramRun process() {
    return run;
  }

  /** Its files, to start it again. */
  public KasFiles files() {
    return files;
  }

  @Override
  public void close() throws IOException {
    run.close();
  }
}
