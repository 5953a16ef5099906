package io.mooring.testkit.kubernetes;

import io.mooring.testkit.TestkitException;
import io.mooring.testkit.certificates.TrustedAuthority;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/** A running kube-apiserver and who may talk to it. May be used from any thread. */
public final class ApiServer {
  private static final Duration REQUEST_BOUND = Duration.ofSeconds(30);
  private static final String JSON = "application/json";

  private final URI url;
  private final Path authority;
  private final List<ApiUser> users;
  private final SSLContext tls;

  ApiServer(URI url, Path authority, List<ApiUser> users) {
    this.url = url;
    this.authority = authority;
    this.users = List.copyOf(users);
    this.tls = TrustedAuthority.context(authority);
  }

  /** Such as {@code https://127.0.0.1:34567}. */
  public URI url() {
    return url;
  }

  /** A PEM file with the certificate of the authority that signed the server's. */
  public Path certificateAuthority() {
    return authority;
  }

  /** TLS that believes this authority alone, for a client of the test's own. */
  public SSLContext tls() {
    return tls;
  }

  /** Member of {@code system:masters}, who may do all. */
  public ApiUser admin() {
    return user("admin");
  }

  /**
   * One of {@code admin}, {@code alice} (group {@code devs}) and {@code bob} (group {@code ops});
   * the last two may do nothing until a role is bound to them.
   */
  public ApiUser user(String name) {
    return users.stream()
        .filter(user -> user.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new TestkitException("no user " + name + "; there are " + users));
  }

  /** The admin's kubeconfig file. */
  public Path kubeconfig() {
    return admin().kubeconfig();
  }

  /** kubectl as admin. */
  public Kubectl kubectl() {
    return new Kubectl(kubeconfig());
  }

  /** As the server tells it, such as {@code v1.20.2}. */
  public String version() {
    return get("/version").json().get("gitVersion").getAsString();
  }

  /** {@code GET} as admin; any status is returned. */
  public ApiResponse get(String path) {
    return send("GET", path, JSON, "");
  }

  /** {@code POST} of a JSON object as admin; any status is returned. */
  public ApiResponse post(String path, String json) {
    return send("POST", path, JSON, json);
  }

  /** {@code DELETE} as admin; any status is returned. */
  public ApiResponse delete(String path) {
    return send("DELETE", path, JSON, "");
  }

  /**
   * Any request as admin; any status is returned.
   *
   * @throws TestkitException when there is no answer
   */
  public ApiResponse send(String method, String path, String contentType, String body) {
    var request =
        HttpRequest.newBuilder(url.resolve(path))
            .timeout(REQUEST_BOUND)
            .header("Authorization", "Bearer " + admin().token())
            .header("Accept", JSON)
            .header("Content-Type", contentType)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    // A client of its own for each request: idle connections would look like a test's leak.
    try (HttpClient client = client()) {
      var response = client.send(request, BodyHandlers.ofString());
      return new ApiResponse(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new TestkitException("no answer to " + method + " " + url.resolve(path), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestkitException("interrupted in " + method + " " + path, e);
    }
  }

  private HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(REQUEST_BOUND)
        .sslContext(tls)
        .build();
  }

  @Override
  public String toString() {
    return "ApiServer[" + url + "]";
  }
}
