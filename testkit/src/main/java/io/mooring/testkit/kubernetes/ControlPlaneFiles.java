package io.mooring.testkit.kubernetes;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.mooring.testkit.certificates.CertificateAuthority;
import io.mooring.testkit.certificates.CertificateAuthority.Identity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** Keys, tokens and kubeconfigs of one control plane, written before it starts. */
record ControlPlaneFiles(
    ApiServer apiServer,
    CertificateAuthority authority,
    Identity server,
    Identity kubeletClient,
    Identity serviceAccounts,
    Path tokens,
    Path controllersKubeconfig) {
  private static final int TOKEN_BYTES = 16;

  static ControlPlaneFiles create(Path directory, int port) {
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + directory, e);
    }
    URI url = URI.create("https://127.0.0.1:" + port);
    var authority = CertificateAuthority.create(directory.resolve("pki"), "mooring-local-ca");
    var users =
        List.of(
            user(directory, url, authority, "admin", "system:masters"),
            user(directory, url, authority, "alice", "devs"),
            user(directory, url, authority, "bob", "ops"));
    return new ControlPlaneFiles(
        new ApiServer(url, authority.certificate(), users),
        authority,
        authority.server(
            "apiserver",
            "kube-apiserver",
            "DNS:localhost",
            "DNS:kubernetes",
            "DNS:kubernetes.default",
            "DNS:kubernetes.default.svc",
            "IP:127.0.0.1",
            "IP:10.0.0.1"),
        authority.client("kubelet-client", "/O=system:masters/CN=kube-apiserver-kubelet-client"),
        authority.keyPair("service-accounts"),
        LocalCluster.write(directory.resolve("tokens.csv"), tokens(users)),
        kubeconfig(
            directory.resolve("kubeconfig.controllers"),
            url,
            authority,
            credentials(authority.client("controllers", "/CN=system:kube-controller-manager"))));
  }

  /** Writes a kubeconfig with the authority inside, so that a copy elsewhere works. */
  static Path kubeconfig(Path file, URI url, CertificateAuthority authority, JsonObject user) {
    var cluster = new JsonObject();
    cluster.addProperty("server", url.toString());
    cluster.addProperty("certificate-authority-data", base64(authority.certificate()));
    var context = new JsonObject();
    context.addProperty("cluster", "local");
    context.addProperty("user", "local");
    var config = new JsonObject();
    config.addProperty("apiVersion", "v1");
    config.addProperty("kind", "Config");
    config.addProperty("current-context", "local");
    config.add("clusters", named("cluster", cluster));
    config.add("contexts", named("context", context));
    config.add("users", named("user", user));
    return LocalCluster.write(file, config + "\n");
  }

  static JsonObject credentials(Identity identity) {
    var user = new JsonObject();
    user.addProperty("client-certificate", identity.certificate().toString());
    user.addProperty("client-key", identity.key().toString());
    return user;
  }

  private static ApiUser user(
      Path directory, URI url, CertificateAuthority authority, String name, String group) {
    var bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    String token = HexFormat.of().formatHex(bytes);
    var credentials = new JsonObject();
    credentials.addProperty("token", token);
    Path file = kubeconfig(directory.resolve("kubeconfig." + name), url, authority, credentials);
    return new ApiUser(name, List.of(group), token, file);
  }

  private static String tokens(List<ApiUser> users) {
    return users.stream()
        .map(user ->
            "%s,%s,%s,\"%s\"%n"
                .formatted(user.token(), user.name(), user.name(), String.join(",", user.groups())))
        .collect(Collectors.joining());
  }

  private static String base64(Path file) {
    try {
      return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static JsonArray named(String member, JsonObject value) {
    var entry = new JsonObject();
    entry.addProperty("name", "local");
    entry.add(member, value);
    var list = new JsonArray();
    list.add(entry);
    return list;
  }
}
