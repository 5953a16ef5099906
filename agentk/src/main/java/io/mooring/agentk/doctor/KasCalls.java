package io.mooring.agentk.doctor;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentconfiguration.rpc.AgentConfigurationGrpc;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationRequest;
import io.mooring.wire.entity.AgentMeta;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import io.mooring.wire.reversetunnel.rpc.ReverseTunnelGrpc;
import io.mooring.wire.reversetunnel.rpc.Trailer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Calls to kas that leave no trace: no registration, no tunnel. */
record KasCalls(Channel kas, AgentMeta meta, Duration bound) {
  private static final String BUFFERED =
      "a proxy in between holds answers or requests back: switch its buffering off for this host, or"
          + " exempt it; if kas's log shows errors of GitLab, look there first";

  /**
   * Begins a {@code Connect} in a way that kas refuses, and leaves it open: the refusal proves that
   * an answer comes while the request is not over, and that the token was taken before.
   */
  List<Finding> stream() throws UnhealthyException, InterruptedException {
    Status status = refusal();
    String text = status.getCode() + described(status);
    return switch (status.getCode()) {
      case INVALID_ARGUMENT ->
          List.of(
              Finding.ok(Check.STREAM, "answers come while the request is open", ""),
              Finding.ok(Check.TOKEN, "kas accepts the token", ""));
      case UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND ->
          throw new UnhealthyException(
              Check.TOKEN,
              "kas refuses the token",
              text,
              "the token of an agent that GitLab knows",
              "check --token-file or AGENTK_TOKEN; a token that was revoked or belongs to a deleted"
                  + " agent has to be replaced by a new one from GitLab");
      case DEADLINE_EXCEEDED ->
          throw new UnhealthyException(
              Check.STREAM,
              "no answer while the request is open",
              "nothing within " + bound.toSeconds() + " s",
              "an answer at once",
              BUFFERED);
      case UNIMPLEMENTED ->
          throw new UnhealthyException(
              Check.STREAM,
              "what answers has no tunnels for agents",
              text,
              "the agent listener of kas",
              "check the port: kas listens for agents on another than for its API");
      case RESOURCE_EXHAUSTED ->
          throw new UnhealthyException(
              Check.STREAM,
              "kas has no room for another connection of this agent now",
              text,
              "fewer connections than kas's limit",
              "try again in a minute; see agent.listen.connections_per_token_per_minute of kas");
      default ->
          throw new UnhealthyException(
              Check.STREAM,
              "the call to kas failed",
              text,
              "INVALID_ARGUMENT, which proves that kas reads and answers",
              "look at the log of kas at this time");
    };
  }

  private Status refusal() throws InterruptedException {
    var ended = new CompletableFuture<Status>();
    StreamObserver<ConnectRequest> request =
        ReverseTunnelGrpc.newStub(kas)
            .withDeadlineAfter(bound.toNanos(), TimeUnit.NANOSECONDS)
            .connect(
                new StreamObserver<ConnectResponse>() {
                  @Override
                  public void onNext(ConnectResponse message) {}

                  @Override
                  public void onError(Throwable cause) {
                    ended.complete(Status.fromThrowable(cause));
                  }

                  @Override
                  public void onCompleted() {
                    ended.complete(Status.OK);
                  }
                });
    request.onNext(ConnectRequest.newBuilder().setTrailer(Trailer.getDefaultInstance()).build());
    // The deadline of the call bounds this.
    return ended.join();
  }

  /** The configuration of this agent; nothing where kas has none to give within the bound. */
  Optional<AgentConfiguration> configuration() throws UnhealthyException {
    var request =
        ConfigurationRequest.newBuilder().setAgentMeta(meta).setSkipRegister(true).build();
    try {
      var answers =
          AgentConfigurationGrpc.newBlockingStub(kas)
              .withDeadlineAfter(bound.toNanos(), TimeUnit.NANOSECONDS)
              .getConfiguration(request);
      return answers.hasNext() ? Optional.of(answers.next().getConfiguration()) : Optional.empty();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
        return Optional.empty();
      }
      throw new UnhealthyException(
          Finding.warning(
              Check.CONFIGURATION,
              "kas has no configuration for this agent",
              e.getStatus().getCode() + described(e.getStatus()),
              "the content of .gitlab/agents/<name>/config.yaml",
              "mend the file, or look at the log of kas"));
    }
  }

  private static String described(Status status) {
    Throwable cause = status.getCause();
    String description = status.getDescription() == null ? "" : ": " + status.getDescription();
    return description + (cause == null ? "" : " (" + cause.getMessage() + ")");
  }
}
