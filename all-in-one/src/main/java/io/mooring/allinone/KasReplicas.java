package io.mooring.allinone;

import io.mooring.kas.Kas;
import io.mooring.kas.config.KasConfigurationFile;
import io.mooring.protocol.yaml.InvalidDocumentException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The replicas of kas, each of which can be stopped and started again. Used by one thread at a
 * time.
 */
final class KasReplicas implements AutoCloseable {

  private final StackFiles files;
  private final List<Kas> running = new ArrayList<>();

  private KasReplicas(StackFiles files) {
    this.files = files;
  }

  /** Starts all that the files tell of; nothing is left running when one does not start. */
  static KasReplicas start(StackFiles files) throws IOException {
    KasReplicas replicas = new KasReplicas(files);
    try {
      for (int i = 0; i < files.kas().size(); i++) {
        replicas.running.add(replicas.startOne(i));
      }
      return replicas;
    } catch (IOException | RuntimeException e) {
      replicas.close();
      throw e;
    }
  }

  private Kas startOne(int replica) throws IOException {
    try {
      KasPorts ports = files.kas().get(replica);
      return Kas.start(
          KasConfigurationFile.read(files.kas(replica)).configuration(),
          Map.of("OWN_PRIVATE_API_URL", "grpc://127.0.0.1:" + ports.replicas()));
    } catch (InvalidDocumentException e) {
      throw new IOException("a configuration file written here is refused: " + e.getMessage(), e);
    }
  }

  /** How many there are. */
  int count() {
    return files.kas().size();
  }

  /** Stops one gracefully and starts it again. */
  void restart(int replica) throws IOException {
    running.get(replica).close();
    running.set(replica, startOne(replica));
  }

  @Override
  public void close() {
    running.forEach(Kas::close);
  }
}
