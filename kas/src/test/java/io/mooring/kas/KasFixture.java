package io.mooring.kas;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.mooring.kas.config.KasConfigurationFile;
import io.mooring.kas.gitlab.ScriptedGitLab;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.yaml.InvalidDocumentException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A whole kas on free ports, before a scripted GitLab, with clients for its listeners. */
public final class KasFixture implements AutoCloseable {
  /** The token of the agent the GitLab of {@link #start} knows. */
  public static final String TOKEN = "glagent-0123456789abcdefghijklmnopqrstuvwxyzABCDEF";

  private final Kas kas;
  private final ScriptedGitLab gitlab;
  private final List<ManagedChannel> channels = new ArrayList<>();

  private KasFixture(Kas kas, ScriptedGitLab gitlab) {
    this.kas = kas;
    this.gitlab = gitlab;
  }

  /**
   * Starts one.
   *
   * @param directory for its files
   * @param agentYaml content of the section {@code agent.listen}, in one line
   * @param moreYaml further sections
   */
  public static KasFixture start(Path directory, String agentYaml, String moreYaml) {
    ScriptedGitLab gitlab = ScriptedGitLab.start().withAgent(TOKEN, ScriptedGitLab.agentInfo(5, 7));
    try {
      return new KasFixture(
          Kas.start(configuration(directory, gitlab.url(), agentYaml, moreYaml).configuration()),
          gitlab);
    } catch (RuntimeException e) {
      gitlab.close();
      throw e;
    }
  }

  /** Starts one with the usual settings and no Redis. */
  public static KasFixture start(Path directory) {
    return start(directory, "{address: '127.0.0.1:0', listen_grace_period: 0.1s}", "");
  }

  /** A configuration file with its secrets. */
  public static KasConfigurationFile configuration(
      Path directory, URI gitlab, String agentYaml, String moreYaml) {
    String text =
        """
        gitlab:
          address: %s
          authentication_secret_file: %s
        agent:
          listen: %s
        api:
          listen: {address: '127.0.0.1:0', authentication_secret_file: %s, listen_grace_period: 0.1s}
        private_api:
          listen: {address: '127.0.0.1:0', authentication_secret_file: %s, listen_grace_period: 0.1s}
        observability:
          usage_reporting_period: 3600s
          listen: {address: '127.0.0.1:0'}
        %s
        """
            .formatted(
                gitlab,
                secretFile(directory, "gitlab", secret(1)),
                agentYaml,
                secretFile(directory, "api", secret(2)),
                secretFile(directory, "private", secret(3)),
                moreYaml);
    try {
      Path file = Files.writeString(directory.resolve("kas.yaml"), text);
      return KasConfigurationFile.read(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the configuration", e);
    } catch (InvalidDocumentException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** 32 bytes that tell each other apart. */
  public static Secret secret(int which) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) which);
    return Secret.of(bytes);
  }

  /** A file with a secret that only its owner reads. */
  public static Path secretFile(Path directory, String name, Secret secret) {
    try {
      Path file = directory.resolve(name);
      Files.writeString(file, Base64.getEncoder().encodeToString(secret.bytes()) + "\n");
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write a secret", e);
    }
  }

  /** The GitLab behind it. */
  public ScriptedGitLab gitlab() {
    return gitlab;
  }

  /** The server itself. */
  public Kas kas() {
    return kas;
  }

  /** Calls of agents, as the parts of kas make them. */
  public Channel agents() {
    return kas.agents();
  }

  /** The agent server, called by the agent GitLab knows. */
  public Channel agent() {
    return agent("Bearer " + TOKEN);
  }

  /** The agent server, called with this {@code authorization}. */
  public Channel agent(String authorization) {
    return authorized(channel(kas.agentAddress()), authorization);
  }

  /** The agent server, called without credentials. */
  public Channel anonymousAgent() {
    return channel(kas.agentAddress());
  }

  /** The API server, called by GitLab. */
  public Channel api() {
    return api(
        JwtSigner.gitLabToKas(secret(2), "gitlab.example.com", InstantSource.system()).token());
  }

  /** The API server, called with this JWT. */
  public Channel api(String jwt) {
    return authorized(channel(kas.apiAddress()), "bearer " + jwt);
  }

  /** The private API server, called with this JWT. */
  public Channel privateApi(String jwt) {
    return authorized(channel(kas.privateApiAddress()), "Bearer " + jwt);
  }

  /** GET of the observability listener: status, line break, body. */
  public String observability(String path) throws IOException, InterruptedException {
    InetSocketAddress address = (InetSocketAddress) kas.observabilityAddress();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() + "\n" + response.body();
    }
  }

  private ManagedChannel channel(SocketAddress address) {
    ManagedChannel channel = NettyChannelBuilder.forAddress(address).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  private static Channel authorized(Channel channel, String authorization) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** Closes the clients alone. */
  public void disconnect() {
    channels.forEach(ManagedChannel::shutdownNow);
    for (ManagedChannel channel : channels) {
      try {
        channel.awaitTermination(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    channels.clear();
  }

  @Override
  public void close() {
    disconnect();
    kas.close();
    gitlab.close();
  }
}
