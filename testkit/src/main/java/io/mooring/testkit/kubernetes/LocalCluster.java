package io.mooring.testkit.kubernetes;

import io.mooring.testkit.TestkitException;
import io.mooring.testkit.certificates.CertificateAuthority;
import io.mooring.testkit.process.ChildProcess;
import io.mooring.testkit.process.SparePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * etcd, kube-apiserver and kube-controller-manager on loopback, with fresh keys and an empty store.
 * Ready in about five seconds; ends when closed, and also when this JVM dies. etcd listens on a
 * socket file below the directory only. May be used from any thread.
 */
public final class LocalCluster implements AutoCloseable {
  private static final Duration READY_BOUND = Duration.ofMinutes(2);

  /** A spare port may be taken by another process before the server binds it. */
  private static final int ATTEMPTS = 3;

  private final List<ChildProcess> processes = new ArrayList<>();
  private final Path directory;
  private final KubernetesBinaries binaries;
  private final ControlPlaneFiles files;

  private LocalCluster(Path directory, KubernetesBinaries binaries) {
    this.directory = directory;
    this.binaries = binaries;
    this.files = ControlPlaneFiles.create(directory, SparePort.find());
  }

  /**
   * Starts a cluster with the binaries of {@link KubernetesBinaries#find()} and waits until it is
   * ready.
   *
   * @param directory empty, readable by this user alone; it holds keys, logs and data, and belongs
   *     to the caller
   */
  public static LocalCluster start(Path directory) {
    return start(directory, KubernetesBinaries.find());
  }

  /** Starts a cluster with these binaries and waits until it is ready. */
  public static LocalCluster start(Path directory, KubernetesBinaries binaries) {
    for (int attempt = 1; ; attempt++) {
      Path place = directory.toAbsolutePath().resolve("cluster-" + attempt);
      var cluster = new LocalCluster(place, binaries);
      try {
        cluster.startAll();
        return cluster;
      } catch (TestkitException e) {
        cluster.close();
        boolean portTaken = String.valueOf(e.getMessage()).contains("address already in use");
        if (!portTaken || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Where the API server is and who may talk to it. */
  public ApiServer apiServer() {
    return files.apiServer();
  }

  /** Holds the servers' logs, {@code kube-apiserver.log} among them, and their keys. */
  public Path directory() {
    return directory;
  }

  /** The authority that signed the API server's certificate and the clients'. */
  CertificateAuthority authority() {
    return files.authority();
  }

  KubernetesBinaries binaries() {
    return binaries;
  }

  /**
   * The processes that run, in the order of their start: etcd, kube-apiserver,
   * kube-controller-manager (unless the folder named by {@code KUBEBUILDER_ASSETS} has none). Fault
   * tests pause and kill them.
   */
  public List<ChildProcess> processes() {
    return List.copyOf(processes);
  }

  /** Ends all of it, the last started first. Does nothing twice. */
  @Override
  public void close() {
    processes.reversed().forEach(ChildProcess::close);
  }

  private void startAll() {
    String etcd = "unix://etcd:1";
    String peer = "unix://peer:1";
    run(
        "etcd",
        List.of(
            binaries.etcd().toString(),
            "--data-dir=etcd-data",
            "--listen-client-urls=" + etcd,
            "--advertise-client-urls=" + etcd,
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=default=" + peer,
            "--logger=zap",
            "--log-outputs=stderr"));
    ChildProcess apiServer = run("kube-apiserver", apiServerCommand(etcd));
    apiServer.await("ready", READY_BOUND, this::isReady);
    binaries
        .controllerManager()
        .ifPresent(program -> run("kube-controller-manager", controllersCommand(program)));
  }

  private boolean isReady() {
    try {
      // The server makes this namespace a moment after it calls itself ready.
      return apiServer().get("/readyz").isSuccess()
          && apiServer().get("/api/v1/namespaces/default").isSuccess();
    } catch (TestkitException e) {
      return false;
    }
  }

  private ChildProcess run(String name, List<String> command) {
    var process =
        ChildProcess.start(name, directory, Map.of("HOME", directory.toString()), command);
    processes.add(process);
    return process;
  }

  private List<String> apiServerCommand(String etcd) {
    URI url = apiServer().url();
    return List.of(
        binaries.apiServer().toString(),
        "--etcd-servers=" + etcd,
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--secure-port=" + url.getPort(),
        "--cert-dir=certificates",
        "--tls-cert-file=" + files.server().certificate(),
        "--tls-private-key-file=" + files.server().key(),
        "--client-ca-file=" + files.authority().certificate(),
        "--token-auth-file=" + files.tokens(),
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=" + files.serviceAccounts().certificate(),
        "--service-account-signing-key-file=" + files.serviceAccounts().key(),
        "--kubelet-client-certificate=" + files.kubeletClient().certificate(),
        "--kubelet-client-key=" + files.kubeletClient().key(),
        "--kubelet-preferred-address-types=Hostname,InternalIP",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--allow-privileged=true",
        "--authorization-mode=Node,RBAC",
        // Pods of tests need no token, and are not refused before the controllers made one.
        "--disable-admission-plugins=ServiceAccount");
  }

  private List<String> controllersCommand(Path program) {
    String kubeconfig = files.controllersKubeconfig().toString();
    return List.of(
        program.toString(),
        "--kubeconfig=" + kubeconfig,
        "--authentication-kubeconfig=" + kubeconfig,
        "--authorization-kubeconfig=" + kubeconfig,
        "--bind-address=127.0.0.1",
        // No listener of its own: nobody asks it anything, and a port could be taken.
        "--port=0",
        "--secure-port=0",
        "--cert-dir=certificates",
        "--leader-elect=false",
        "--use-service-account-credentials=true",
        "--service-account-private-key-file=" + files.serviceAccounts().key(),
        "--root-ca-file=" + files.authority().certificate());
  }

  @Override
  public String toString() {
    return "LocalCluster[" + apiServer().url() + ", " + directory + "]";
  }

  static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
