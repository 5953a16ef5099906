package io.mooring.gitlab;

import io.mooring.gitlab.database.EmbeddedDatabase;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.identity.PersonalAccessTokens;
import io.mooring.gitlab.identity.Scope;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.identity.Users;
import io.mooring.gitlab.kas.KasClient;
import io.mooring.gitlab.kas.KubernetesProxyUrl;
import io.mooring.protocol.secret.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.springframework.context.ConfigurableApplicationContext;

/** An application that runs. Closing it ends everything it started. Thread-safe. */
public final class RunningGitLab implements AutoCloseable {
  private final ConfigurableApplicationContext context;
  private final Optional<EmbeddedDatabase> database;
  private final int port;
  private final Optional<Secret> rootPassword;

  RunningGitLab(
      ConfigurableApplicationContext context,
      Optional<EmbeddedDatabase> database,
      int port,
      Optional<Secret> rootPassword) {
    this.context = context;
    this.database = database;
    this.port = port;
    this.rootPassword = rootPassword;
  }

  /** The port that is listened on. */
  public int port() {
    return port;
  }

  /** The address people use, without a slash at its end. */
  public URI url() {
    return context.getBean(ExternalUrl.class).base();
  }

  /** The first administrator's password, when this start made it up: the only chance to show it. */
  public Optional<Secret> rootPassword() {
    return rootPassword;
  }

  /**
   * Makes a personal access token, for the program that starts the application for somebody.
   *
   * @param username whose token it is
   * @param name what it is called in lists
   * @param validity how long it is worth something, in whole days
   * @throws IllegalArgumentException when there is no such user
   */
  public Secret createPersonalAccessToken(
      String username, String name, Set<Scope> scopes, Duration validity) {
    User user =
        context
            .getBean(Users.class)
            .named(username)
            .orElseThrow(() -> new IllegalArgumentException("no user named " + username));
    PersonalAccessTokens tokens = context.getBean(PersonalAccessTokens.class);
    return tokens
        .issue(
            user.id(),
            name,
            Optional.empty(),
            scopes,
            tokens.today().plusDays(Math.max(1, validity.toDays())))
        .secret();
  }

  /**
   * Tells where kas is, when that is known only after this application runs: {@code
   * grpc://host:port}.
   */
  public void connectKas(URI internalUrl) {
    context.getBean(KasClient.class).connect(internalUrl);
  }

  /**
   * Tells where kas is and where it serves clusters to kubectl, when that is known only after this
   * application runs.
   */
  public void connectKas(URI internalUrl, URI kubernetesProxyUrl) {
    context.getBean(KubernetesProxyUrl.class).tell(kubernetesProxyUrl);
    connectKas(internalUrl);
  }

  /** A part of the application, for tests. */
  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** Ends requests that run, then everything else. A second call does nothing. */
  @Override
  public void close() {
    try {
      context.close();
    } finally {
      database.ifPresent(EmbeddedDatabase::close);
    }
  }
}
