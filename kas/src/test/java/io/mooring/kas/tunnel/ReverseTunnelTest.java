package io.mooring.kas.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.mooring.wire.reversetunnel.rpc.CloseSend;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import io.mooring.wire.reversetunnel.rpc.Header;
import io.mooring.wire.reversetunnel.rpc.Message;
import io.mooring.wire.reversetunnel.rpc.Trailer;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReverseTunnelTest extends TunnelFixture {
  @Test
  @Tag("wire-42")
  void takesNothingBeforeTheDescriptor() throws Exception {
    AgentStream agent = AgentStream.silent(server.channel()).header(Map.of());

    assertThat(agent.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(agent.end().getDescription()).startsWith("Invalid oneof value type: ");
  }

  @Test
  void refusesAStreamThatEndsWithoutDescriptor() throws Exception {
    AgentStream agent = AgentStream.silent(server.channel()).halfClose();

    assertThat(agent.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  @Tag("wire-43")
  void tellsTheAgentWhatIsAskedOfIt() throws Exception {
    AgentStream agent = readyAgent();
    Metadata headers = new Metadata();
    put(headers, "kas-hop-routing-agent-id", "5");
    put(headers, "authorization", "Bearer jwt-of-another-kas");
    put(headers, "traceparent", "00-11-22-01");
    put(headers, "user-agent", "gitlab-kas/v1");
    headers.put(Metadata.Key.of("x-bin", Metadata.BINARY_BYTE_MARSHALLER), HELLO.toByteArray());

    Caller caller = call(headers).send(HELLO).send(ByteString.EMPTY).halfClose();

    ConnectResponse request = agent.next();
    assertThat(request.getRequestInfo().getMethodName()).isEqualTo("/" + AgentStream.METHOD);
    assertThat(request.getRequestInfo().getMetaMap())
        .containsOnlyKeys("traceparent", "x-bin")
        .hasEntrySatisfying(
            "traceparent",
            values -> assertThat(values.getValueList()).containsExactly("00-11-22-01"))
        .hasEntrySatisfying(
            "x-bin", values -> assertThat(values.getValueList()).containsExactly("hello"));
    assertThat(agent.next()).isEqualTo(message(HELLO));
    assertThat(agent.next()).isEqualTo(message(ByteString.EMPTY));
    assertThat(agent.next())
        .isEqualTo(
            ConnectResponse.newBuilder().setCloseSend(CloseSend.getDefaultInstance()).build());

    agent.answer();
    assertThat(caller.end().status().isOk()).isTrue();
  }

  @Test
  @Tag("wire-44")
  @Tag("wire-45")
  void carriesAnAnswerAndEndsTheTunnelWithOk() throws Exception {
    AgentStream agent = readyAgent();
    Caller caller = call();

    agent
        .header(Map.of("x-head", "1"))
        .message(HELLO)
        .message(ByteString.EMPTY)
        .trailer(Map.of("x-tail", "2"))
        .halfClose();

    assertThat(get(caller.headers(), "x-head")).isEqualTo("1");
    assertThat(caller.next()).isEqualTo(HELLO);
    assertThat(caller.next()).isEqualTo(ByteString.EMPTY);
    assertThat(caller.end().status()).isEqualTo(Status.OK);
    assertThat(get(caller.end().trailers(), "x-tail")).isEqualTo("2");
    assertThat(agent.end()).isEqualTo(Status.OK);
  }

  @Test
  @Tag("wire-44")
  void carriesAnErrorWithItsDetails() throws Exception {
    Any detail = Any.pack(ErrorInfo.newBuilder().setReason("because").build());
    AgentStream agent = readyAgent();
    Caller caller = call();

    agent.header(Map.of()).trailer(Map.of("x-tail", "2")).error(7, "no", detail).halfClose();

    Caller.End end = caller.end();
    assertThat(end.status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(end.status().getDescription()).isEqualTo("no");
    assertThat(get(end.trailers(), "x-tail")).isEqualTo("2");
    assertThat(StatusProto.fromStatusAndTrailers(end.status(), end.trailers()).getDetailsList())
        .containsExactly(detail);
    assertThat(agent.end()).isEqualTo(Status.OK);
  }

  @Test
  @Tag("wire-44")
  void carriesAnErrorAlone() throws Exception {
    AgentStream agent = readyAgent();
    Caller caller = call();

    agent.error(5, "nothing there");
    assertThat(caller.isOpen()).as("before the end of the stream").isTrue();
    agent.halfClose();

    assertThat(caller.end().status().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(agent.end()).isEqualTo(Status.OK);
  }

  @Test
  void takesAnUnknownCodeForUnknown() throws Exception {
    AgentStream agent = readyAgent();
    Caller caller = call();

    agent.error(4711, "what").halfClose();

    assertThat(caller.end().status().getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(caller.end().status().getDescription()).isEqualTo("what");
  }

  @ParameterizedTest
  @Tag("wire-30")
  @Tag("fault-31")
  @ValueSource(
      strings = {"m", "t", "hh", "hmh", "htm", "htt", "hteh", "hd", "h$", "hm$", "ee", "$"})
  void endsAStreamWhoseMessagesAreOutOfOrder(String sequence) throws Exception {
    AgentStream other = readyAgent();
    Caller otherCaller = call();
    AgentStream agent = readyAgent();
    Caller caller = call();

    for (String step : sequence.split("", -1)) {
      switch (step) {
        case "" -> {}
        case "d" -> agent.describe(AgentStream.SERVICE, "MakeRequest");
        case "h" -> agent.send(request().setHeader(Header.getDefaultInstance()).build());
        case "m" -> agent.send(request().setMessage(Message.getDefaultInstance()).build());
        case "t" -> agent.send(request().setTrailer(Trailer.getDefaultInstance()).build());
        case "e" -> agent.error(5, "x");
        case "$" -> agent.halfClose();
        default -> throw new AssertionError(step);
      }
    }

    assertThat(agent.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(agent.end().getDescription()).startsWith("transition from ");
    assertThat(caller.end().status().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    other.answer(HELLO);
    assertThat(otherCaller.end().status()).as("on the same connection").isEqualTo(Status.OK);
  }

  @Test
  @Tag("wire-46")
  void endsTheTunnelWhenItsCallerGivesUp() throws Exception {
    AgentStream agent = readyAgent();
    Caller caller = call().send(HELLO);
    agent.next();

    caller.cancel("tired of waiting");

    assertThat(agent.end().getCode()).isEqualTo(Status.Code.CANCELLED);
    assertThat(agent.end().getDescription()).isEqualTo("read from incoming stream");
    assertThat(caller.end().status().getCode()).isEqualTo(Status.Code.CANCELLED);
  }

  @Test
  @Tag("wire-46")
  void endsTheTunnelWhenItsCallerGivesUpAfterTheRequest() throws Exception {
    AgentStream agent = readyAgent();
    Caller caller = call().halfClose();
    agent.next();

    caller.cancel("tired of waiting");

    assertThat(agent.end().getCode()).isEqualTo(Status.Code.CANCELLED);
    assertThat(agent.end().getDescription()).startsWith("Incoming stream closed");
  }

  @Test
  void tellsTheCallerThatTheAgentWentAway() throws Exception {
    AgentStream agent = readyAgent();
    Caller caller = call();
    agent.next();

    agent.cancel();

    assertThat(caller.end().status().getCode()).isEqualTo(Status.Code.CANCELLED);
    assertThat(caller.end().status().getDescription()).startsWith("read from tunnel");
  }

  @Test
  @Tag("wire-49")
  void passesOverMetadataOfOneHop() throws Exception {
    AgentStream agent = readyAgent();
    Caller caller = call();

    agent
        .header(
            Map.of(
                "content-type",
                "application/grpc",
                ":authority",
                "x",
                "grpc-status",
                "5",
                "Grpc-Encoding",
                "gzip",
                "bad key",
                "1",
                "x-control",
                "a\nb",
                "X-Good",
                "yes"))
        .trailer(Map.of("grpc-status", "5", "grpc-message", "x", "te", "trailers"))
        .halfClose();

    assertThat(caller.headers().keys()).containsExactly("x-good");
    assertThat(caller.end().status()).isEqualTo(Status.OK);
    assertThat(caller.end().trailers().keys()).isEmpty();
  }

  @Test
  void triesAgainWhileGitLabDoesNotAnswer() {
    lookups.add(Status.UNAVAILABLE);
    lookups.add(Status.UNAVAILABLE);

    AgentStream.open(server.channel());

    awaitReady(1);
  }

  @Test
  void refusesAnAgentThatGitLabRefuses() throws Exception {
    lookups.add(Status.PERMISSION_DENIED.withDescription("forbidden"));

    AgentStream agent = AgentStream.open(server.channel());

    assertThat(agent.end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(agent.end().getDescription()).isEqualTo("forbidden");
  }

  @Test
  void endsAnIdleTunnelThatSpeaksUnasked() throws Exception {
    AgentStream agent = readyAgent().halfClose();

    assertThat(agent.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(registry.ready(AGENT)).isZero();
  }

  @Test
  @Tag("wire-96")
  @Tag("fault-65")
  void refusesWhatTheAgentIsTooOldFor() throws Exception {
    Metadata headers = new Metadata();
    headers.put(AgentAbility.NEEDED, EnumSet.of(AgentAbility.UPGRADE));
    AgentStream old = AgentStream.open(server.channel("gitlab-agent/v15.0.0/abc grpc-go/1.46.0"));
    awaitReady(1);

    Status refusal = call(headers).end().status();

    assertThat(refusal.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(refusal.getDescription()).contains("gitlab-agent/v15.0.0/abc", "UPGRADE");
    assertThat(registry.ready(AGENT)).as("the tunnel serves other requests").isEqualTo(1);
    headers.removeAll(AgentAbility.NEEDED);
    headers.put(AgentAbility.NEEDED, EnumSet.of(AgentAbility.IMPERSONATION));
    Caller served = call(headers);
    old.answer(HELLO);
    assertThat(served.end().status()).isEqualTo(Status.OK);
  }

  private static ConnectRequest.Builder request() {
    return ConnectRequest.newBuilder();
  }

  private static ConnectResponse message(ByteString data) {
    return ConnectResponse.newBuilder().setMessage(Message.newBuilder().setData(data)).build();
  }

  private static void put(Metadata headers, String name, String value) {
    headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
  }

  private static String get(Metadata headers, String name) {
    return Optional.ofNullable(headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)))
        .orElseThrow();
  }
}
