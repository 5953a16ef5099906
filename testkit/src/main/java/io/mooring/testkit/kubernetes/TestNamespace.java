package io.mooring.testkit.kubernetes;

import com.google.gson.JsonObject;
import io.mooring.testkit.TestkitException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A namespace of one test and a label for what the test makes outside of namespaces; both are
 * deleted when it is closed. May be used from any thread.
 */
public final class TestNamespace implements AutoCloseable {
  /** Cluster-wide objects that carry this label with the namespace's name end with the test. */
  public static final String LABEL = "mooring.test/namespace";

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NAME_BYTES = 5;

  private final ApiServer apiServer;
  private final String name;

  private TestNamespace(ApiServer apiServer, String name) {
    this.apiServer = apiServer;
    this.name = name;
  }

  /** Creates a namespace with a random name that exists nowhere else. */
  public static TestNamespace create(ApiServer apiServer) {
    var bytes = new byte[NAME_BYTES];
    RANDOM.nextBytes(bytes);
    String name = "test-" + HexFormat.of().formatHex(bytes);
    var labels = new JsonObject();
    labels.addProperty(LABEL, name);
    var metadata = new JsonObject();
    metadata.addProperty("name", name);
    metadata.add("labels", labels);
    var namespace = new JsonObject();
    namespace.addProperty("apiVersion", "v1");
    namespace.addProperty("kind", "Namespace");
    namespace.add("metadata", metadata);
    var response = apiServer.post("/api/v1/namespaces", namespace.toString());
    if (!response.isSuccess()) {
      throw new TestkitException("cannot create namespace " + name + ": " + response);
    }
    return new TestNamespace(apiServer, name);
  }

  /** The name; also the value of {@link #LABEL}. */
  public String name() {
    return name;
  }

  /** The server it is in. */
  public ApiServer apiServer() {
    return apiServer;
  }

  /** kubectl as admin, in this namespace. */
  public String kubectl(String... arguments) {
    var words = new String[arguments.length + 1];
    words[0] = "--namespace=" + name;
    System.arraycopy(arguments, 0, words, 1, arguments.length);
    return apiServer.kubectl().run(words);
  }

  /** Begins the deletion of the namespace and of all labelled objects; does not wait for it. */
  @Override
  public void close() {
    for (String path : ClusterWideKind.paths()) {
      for (String labelled :
          ClusterWideKind.names(apiServer, path, "?labelSelector=" + LABEL + "%3D" + name)) {
        apiServer.delete(path + "/" + labelled);
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
