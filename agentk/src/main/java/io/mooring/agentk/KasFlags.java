package io.mooring.agentk;

import io.mooring.agentk.connection.AgentToken;
import io.mooring.agentk.connection.KasConnection;
import io.mooring.agentk.connection.KasHeader;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.HttpProxies;
import io.mooring.protocol.transport.KasAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The flags for the connection to kas, of every verb that makes one. */
final class KasFlags {
  private static final String ADDRESS = "--kas-address";

  /** The command that these flags belong to. */
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  // Not "required": picocli would want it of the program when a verb is given.
  @Option(
      names = ADDRESS,
      paramLabel = "<url>",
      description =
          "grpc://host[:port], grpcs://host[:port], ws://host[:port][/path] or wss://host[:port][/path] of kas (required)")
  private Optional<String> kasAddress = Optional.empty();

  @Option(
      names = "--token-file",
      paramLabel = "<file>",
      description = "File with the agent's token; read again when it changes")
  private Optional<Path> tokenFile = Optional.empty();

  @Option(
      names = "--ca-cert-file",
      paramLabel = "<file>",
      description = "CA of kas's certificate, PEM; added to the system's roots")
  private Optional<Path> caCertFile = Optional.empty();

  @Option(
      names = "--kas-header",
      paramLabel = "<name: value>",
      description = "Header to send to kas; may be given more than once")
  private List<String> kasHeaders = new ArrayList<>();

  @Option(names = "--kas-insecure-skip-tls-verify", description = "Accept any certificate of kas")
  private boolean kasInsecureSkipTlsVerify;

  @Option(
      names = "--kas-tls-server-name",
      paramLabel = "<name>",
      description = "Name to verify in kas's certificate")
  private Optional<String> kasTlsServerName = Optional.empty();

  /**
   * Fails where no address is given.
   *
   * @throws CommandLine.MissingParameterException which shows the usage
   */
  void requireAddress() {
    if (kasAddress.isEmpty() && command != null) {
      throw new CommandLine.MissingParameterException(
          command.commandLine(),
          command.findOption(ADDRESS),
          "Missing required option: '" + ADDRESS + "=<url>'");
    }
  }

  /**
   * How kas is reached.
   *
   * @throws SettingException when a flag or variable cannot be used
   */
  KasConnection.Settings settings(Map<String, String> environment) {
    ClientTls tls = new ClientTls("--ca-cert-file", caCertFile, kasInsecureSkipTlsVerify);
    return new KasConnection.Settings(
        KasAddress.parse(ADDRESS, kasAddress.orElse("")),
        tls,
        kasTlsServerName,
        token(environment),
        kasHeaders.stream().map(KasHeader::parse).toList(),
        HttpProxies.of(environment));
  }

  private AgentToken token(Map<String, String> environment) {
    String fromEnvironment = environment.getOrDefault("AGENTK_TOKEN", "");
    if (tokenFile.isPresent() == !fromEnvironment.isEmpty()) {
      throw new SettingException(
          "--token-file",
          (tokenFile.isPresent() ? "given, and AGENTK_TOKEN too" : "not given, nor AGENTK_TOKEN")
              + " (expected: exactly one of them)");
    }
    return tokenFile
        .<AgentToken>map(AgentToken.File::new)
        .orElseGet(() -> new AgentToken.Fixed(Secret.of(fromEnvironment)));
  }
}
