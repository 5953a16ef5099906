package io.mooring.testkit.kubernetes;

import io.mooring.testkit.process.SparePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The configuration of a node's programs, written before they start. */
final class NodeFiles {
  private NodeFiles() {}

  static void write(Path directory, LocalCluster cluster, NodeIdentity identity) {
    URI url = cluster.apiServer().url();
    var authority = cluster.authority();
    var node =
        authority.peer(
            "node",
            "/O=system:nodes/CN=system:node:" + LocalNode.NAME,
            "DNS:localhost",
            "IP:127.0.0.1");
    var scheduler = authority.client("scheduler", "/CN=system:kube-scheduler");
    try {
      Files.createDirectories(directory.resolve("cni"));
      Files.createDirectories(directory.resolve("pki"));
      Files.copy(node.certificate(), directory.resolve("pki/node.crt"));
      Files.copy(node.key(), directory.resolve("pki/node.key"));
      var values =
          Map.of(
              "directory", directory.toString(),
              "authority", authority.certificate().toString(),
              "bridge", identity.bridge(),
              "cgroup", identity.cgroup(),
              "port", Integer.toString(SparePort.find()),
              "subnet", identity.subnet());
      fill("containerd.toml", values, directory);
      fill("kubelet.yaml", values, directory);
      fill("pods.conflist", values, directory.resolve("cni"));
      fill("node.sh", Map.of(), directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write into " + directory, e);
    }
    ControlPlaneFiles.kubeconfig(
        directory.resolve("kubeconfig.node"), url, authority, ControlPlaneFiles.credentials(node));
    ControlPlaneFiles.kubeconfig(
        directory.resolve("kubeconfig.scheduler"),
        url,
        authority,
        ControlPlaneFiles.credentials(scheduler));
  }

  /** Writes a resource beside this class with its {@code @names@} replaced by the values. */
  private static void fill(String name, Map<String, String> values, Path directory)
      throws IOException {
    try (var resource = NodeFiles.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new IOException(name + " is not on the class path");
      }
      String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
      for (var value : values.entrySet()) {
        text = text.replace("@" + value.getKey() + "@", value.getValue());
      }
      Files.writeString(directory.resolve(name), text);
    }
  }
}
