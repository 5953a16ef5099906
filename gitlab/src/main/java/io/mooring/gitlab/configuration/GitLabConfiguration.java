package io.mooring.gitlab.configuration;

import io.mooring.protocol.SettingException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything the application is told at start. Names are those of the YAML file ({@code
 * docs/gitlab.md}), with underscores there for capitals here. Secrets are never part of it, only
 * the files that hold them.
 *
 * @param http where requests are taken
 * @param externalUrl the address people use; without it the address that is listened on
 * @param dataDirectory the embedded database and secrets made at first start live here
 * @param database the built-in PostgreSQL or one that is run elsewhere
 * @param administrator who is made when there is no user yet
 * @param kas how kas is reached and recognised
 * @param gitaly the Git servers
 * @param monitoring who may see health and metrics
 * @param redis what carries broadcasts between several replicas; absent with a single one
 * @param cable who may open WebSockets to {@code /-/cable}
 * @param audit what is kept of what was done
 * @param alerts when an agent counts as lost
 * @param webhooks whom projects and groups may call
 */
public record GitLabConfiguration(
    Http http,
    Optional<URI> externalUrl,
    Path dataDirectory,
    Database database,
    Administrator administrator,
    Kas kas,
    Gitaly gitaly,
    Monitoring monitoring,
    Optional<Redis> redis,
    Cable cable,
    Audit audit,
    Alerts alerts,
    Webhooks webhooks) {

  public GitLabConfiguration {
    externalUrl.ifPresent(url -> requireScheme("external_url", url, List.of("http", "https")));
  }

  /** All defaults, with everything that is kept under one directory. */
  public static GitLabConfiguration in(Path dataDirectory) {
    return new GitLabConfiguration(
        Http.DEFAULT,
        Optional.empty(),
        dataDirectory,
        new Database.Embedded(),
        Administrator.DEFAULT,
        Kas.in(dataDirectory),
        Gitaly.in(dataDirectory),
        Monitoring.DEFAULT,
        Optional.empty(),
        Cable.DEFAULT,
        Audit.DEFAULT,
        Alerts.DEFAULT,
        Webhooks.DEFAULT);
  }

  public GitLabConfiguration withHttp(Http value) {
    return new GitLabConfiguration(
        value,
        externalUrl,
        dataDirectory,
        database,
        administrator,
        kas,
        gitaly,
        monitoring,
        redis,
        cable,
        audit,
        alerts,
        webhooks);
  }

  public GitLabConfiguration withExternalUrl(URI value) {
    return new GitLabConfiguration(
        http,
        Optional.of(value),
        dataDirectory,
        database,
        administrator,
        kas,
        gitaly,
        monitoring,
        redis,
        cable,
        audit,
        alerts,
        webhooks);
  }

  public GitLabConfiguration withDatabase(Database value) {
    return new GitLabConfiguration(
        http,
        externalUrl,
        dataDirectory,
        value,
        administrator,
        kas,
        gitaly,
        monitoring,
        redis,
        cable,
        audit,
        alerts,
        webhooks);
  }

  public GitLabConfiguration withAdministrator(Administrator value) {
    return new GitLabConfiguration(
        http,
        externalUrl,
        dataDirectory,
        database,
        value,
        kas,
        gitaly,
        monitoring,
        redis,
        cable,
        audit,
        alerts,
        webhooks);
  }

  public GitLabConfiguration withKas(Kas value) {
    return new GitLabConfiguration(
        http,
        externalUrl,
        dataDirectory,
        database,
        administrator,
        value,
        gitaly,
        monitoring,
        redis,
        cable,
        audit,
        alerts,
        webhooks);
  }

  public GitLabConfiguration withGitaly(Gitaly value) {
    return new GitLabConfiguration(
        http,
        externalUrl,
        dataDirectory,
        database,
        administrator,
        kas,
        value,
        monitoring,
        redis,
        cable,
        audit,
        alerts,
        webhooks);
  }

  public GitLabConfiguration withRedis(Redis value) {
    return new GitLabConfiguration(
        http,
        externalUrl,
        dataDirectory,
        database,
        administrator,
        kas,
        gitaly,
        monitoring,
        Optional.of(value),
        cable,
        audit,
        alerts,
        webhooks);
  }

  public GitLabConfiguration withAlerts(Alerts value) {
    return new GitLabConfiguration(
        http,
        externalUrl,
        dataDirectory,
        database,
        administrator,
        kas,
        gitaly,
        monitoring,
        redis,
        cable,
        audit,
        value,
        webhooks);
  }

  public GitLabConfiguration withWebhooks(Webhooks value) {
    return new GitLabConfiguration(
        http,
        externalUrl,
        dataDirectory,
        database,
        administrator,
        kas,
        gitaly,
        monitoring,
        redis,
        cable,
        audit,
        alerts,
        value);
  }

  /**
   * The listener.
   *
   * @param address host name or IP address to bind
   * @param port 0 takes a free one
   * @param trustedProxies addresses or CIDR blocks whose {@code X-Forwarded-For} is believed
   * @param tls certificate and key; without them it speaks plain HTTP
   */
  public record Http(String address, int port, List<String> trustedProxies, Optional<Tls> tls) {
    public static final Http DEFAULT = new Http("127.0.0.1", 8080, List.of());

    public Http {
      if (port < 0 || port > 65535) {
        throw new SettingException("http.port", port + " (expected: 0-65535)");
      }
      trustedProxies = List.copyOf(trustedProxies);
    }

    /** Without TLS. */
    public Http(String address, int port, List<String> trustedProxies) {
      this(address, port, trustedProxies, Optional.empty());
    }
  }

  /**
   * What a listener proves itself with. Both files are read again when they change.
   *
   * @param certificateFile PEM, the listener's own certificate first
   * @param keyFile its private key in PEM, without a password
   */
  public record Tls(Path certificateFile, Path keyFile) {}

  /** Where the data is. */
  public sealed interface Database {
    /** Real PostgreSQL, started and stopped with the application, under the data directory. */
    record Embedded() implements Database {}

    /**
     * A PostgreSQL server that is run elsewhere.
     *
     * @param url {@code jdbc:postgresql://host:port/database}
     * @param username role to log in as
     * @param passwordFile holds its password; empty when the server asks for none
     */
    record External(String url, String username, Optional<Path> passwordFile) implements Database {
      public External {
        if (!url.startsWith("jdbc:postgresql:")) {
          throw new SettingException(
              "database.url", url + " (expected: jdbc:postgresql://host:port/database)");
        }
      }
    }
  }

  /**
   * The first user.
   *
   * @param username name to sign in with
   * @param email address of that user
   * @param passwordFile holds the password; empty makes one up, which is shown once
   */
  public record Administrator(String username, String email, Optional<Path> passwordFile) {
    public static final Administrator DEFAULT =
        new Administrator("root", "admin@example.com", Optional.empty());
  }

  /**
   * The connection with kas.
   *
   * @param internalUrl {@code grpc://} or {@code grpcs://} address of kas's API for GitLab; empty
   *     sends nothing to kas
   * @param externalUrl what agents dial, shown to people
   * @param externalK8sProxyUrl where kubectl and browsers reach clusters; made of {@code
   *     externalUrl} when empty
   * @param browserK8sProxyUrl where browsers reach them, when that is elsewhere: on the site of the
   *     pages, so that they send their cookie
   * @param secretFile base64 of 32 bytes that both sides hold; made when missing
   */
  public record Kas(
      Optional<URI> internalUrl,
      Optional<URI> externalUrl,
      Optional<URI> externalK8sProxyUrl,
      Optional<URI> browserK8sProxyUrl,
      Path secretFile) {
    public Kas {
      internalUrl.ifPresent(
          url -> requireScheme("kas.internal_url", url, List.of("grpc", "grpcs")));
      externalUrl.ifPresent(
          url -> requireScheme("kas.external_url", url, List.of("ws", "wss", "grpc", "grpcs")));
      externalK8sProxyUrl.ifPresent(
          url -> requireScheme("kas.external_k8s_proxy_url", url, List.of("http", "https")));
      browserK8sProxyUrl.ifPresent(
          url -> requireScheme("kas.browser_k8s_proxy_url", url, List.of("http", "https")));
    }

    /** Without an address for kubectl of its own. */
    public Kas(Optional<URI> internalUrl, Optional<URI> externalUrl, Path secretFile) {
      this(internalUrl, externalUrl, Optional.empty(), Optional.empty(), secretFile);
    }

    static Kas in(Path dataDirectory) {
      return new Kas(
          Optional.empty(), Optional.empty(), dataDirectory.resolve(".gitlab_kas_secret"));
    }

    /** Where kubectl reaches clusters, as far as it is configured (gitlab-side.md 2.3). */
    public Optional<URI> kubernetesProxyUrl() {
      return externalK8sProxyUrl.or(() ->
          externalUrl.map(url -> {
            boolean secure = url.getScheme().equals("wss") || url.getScheme().equals("grpcs");
            return URI.create(
                (secure ? "https" : "http") + "://" + url.getAuthority() + "/k8s-proxy");
          }));
    }
  }

  /**
   * The Git servers.
   *
   * @param storages by name; new projects go to the one called {@code default}
   * @param hookSecretFile what Gitaly signs its questions with; made when missing
   * @param features {@code gitaly_*} feature flags, handed to whoever calls Gitaly
   */
  public record Gitaly(
      Map<String, Storage> storages, Path hookSecretFile, Map<String, Boolean> features) {
    /** New projects are kept in the storage of this name. */
    public static final String DEFAULT_STORAGE = "default";

    public Gitaly {
      storages = Map.copyOf(storages);
      features = Map.copyOf(features);
      if (!storages.containsKey(DEFAULT_STORAGE)) {
        throw new SettingException(
            "gitaly.storages",
            storages.keySet() + " (expected: one named " + DEFAULT_STORAGE + ")");
      }
    }

    static Gitaly in(Path dataDirectory) {
      var socket = dataDirectory.resolve("gitaly.socket");
      return new Gitaly(
          Map.of(DEFAULT_STORAGE, new Storage("unix:" + socket, Optional.empty())),
          dataDirectory.resolve(".gitlab_shell_secret"),
          Map.of());
    }
  }

  /**
   * One Git server.
   *
   * @param address {@code tcp://host:port}, {@code tls://host:port}, {@code unix:/path} or {@code
   *     dns:host:port}
   * @param tokenFile holds the token it wants; empty when it wants none
   */
  public record Storage(String address, Optional<Path> tokenFile) {}

  /**
   * What is kept of requests to clusters. Administrative acts are kept for ever.
   *
   * @param retentionDays after which a record of a request is removed
   */
  public record Audit(int retentionDays) {
    private static final int MOST_DAYS = 3650;
    public static final Audit DEFAULT = new Audit(90);

    public Audit {
      if (retentionDays < 1 || retentionDays > MOST_DAYS) {
        throw new SettingException(
            "audit.retention_days", retentionDays + " (expected: 1-" + MOST_DAYS + ")");
      }
    }
  }

  static void requireScheme(String setting, URI url, List<String> schemes) {
    if (url.getScheme() == null || !schemes.contains(url.getScheme()) || url.getHost() == null) {
      throw new SettingException(
          setting, url + " (expected: " + String.join("://, ", schemes) + ":// and a host)");
    }
  }
}
