package io.mooring.kas.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.mooring.protocol.secret.Secret;
import io.mooring.wire.entity.GitalyInfo;
import io.mooring.wire.entity.GitalyRepository;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenCallsTest {
  private static final MethodDescriptor<Empty, Empty> STAY =
      MethodDescriptor.<Empty, Empty>newBuilder()
          .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
          .setFullMethodName("test.Service/Stay")
          .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
          .build();
  private static final Status REFUSED = Status.UNAUTHENTICATED.withDescription("unauthenticated");

  private final OpenCalls calls = new OpenCalls();
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final String name = "open-calls-" + System.identityHashCode(this);
  private final ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
  private Server server;

  @BeforeEach
  void start() throws Exception {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("test.Service")
            .addMethod(
                STAY,
                ServerCalls.asyncServerStreamingCall((request, responses) -> {
                  Context.current().addListener(ended -> cancelled.countDown(), Runnable::run);
                  responses.onNext(request);
                }))
            .build();
    server =
        InProcessServerBuilder.forName(name)
            .addService(
                ServerInterceptors.interceptForward(service, new AgentTokenInterceptor(), calls))
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  @Tag("fault-2")
  void endsEverythingThatRunsForARevokedTokenAndNothingElse() throws Exception {
    Iterator<Empty> first = open("revoked");
    Iterator<Empty> second = open("revoked");
    Iterator<Empty> other = open("good");

    calls.revoke(token("revoked"), REFUSED);

    assertRefused(first);
    assertRefused(second);
    assertThat(cancelled.await(10, TimeUnit.SECONDS)).as("the handler is told").isTrue();
    assertThat(calls.tokens()).containsExactly(token("good"));
    assertThat(other).isNotNull();
  }

  @Test
  void forgetsATokenWhenItsLastCallEnded() {
    Iterator<Empty> call = open("leaving");
    assertThat(calls.tokens()).containsExactly(token("leaving"));
    assertThat(call).isNotNull();

    channel.shutdownNow();

    Awaitility.await().until(() -> calls.tokens().isEmpty());
  }

  @Test
  @Tag("fault-2")
  void isWatchedForTokensThatGitLabRefusesByNow() {
    Iterator<Empty> revoked = open("revoked");
    Iterator<Empty> good = open("good");
    AgentLookup agents =
        token -> {
          if (token.equals(token("revoked"))) {
            calls.revoke(token, REFUSED);
            throw REFUSED.asException();
          }
          return new AgentInfo(
              5,
              7,
              "a",
              GitalyInfo.getDefaultInstance(),
              GitalyRepository.getDefaultInstance(),
              "m");
        };

    try (RevocationWatch watch = new RevocationWatch(calls, agents, Duration.ofMinutes(5))) {
      watch.look();
    }

    assertRefused(revoked);
    assertThat(good).isNotNull();
    assertThat(calls.tokens()).containsExactly(token("good"));
  }

  @ParameterizedTest
  @Tag("fault-2")
  @CsvSource({
    "0, 300, 45000",
    "1, 300, 45000",
    "450, 300, 100",
    "1000, 300, 100",
    "10000, 300, 20",
    "1, 30, 20000",
    "1, 0, 45000",
    "1000, 0, 100",
  })
  void isWatchedOftenButNotMoreOftenThanGitLabBears(int tokens, long ttlSeconds, long millis) {
    assertThat(RevocationWatch.spacing(tokens, Duration.ofSeconds(ttlSeconds)))
        .isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  @Tag("fault-6")
  void staysOpenWhileGitLabGivesNoAnswer() {
    Iterator<Empty> call = open("good");
    AgentLookup agents =
        token -> {
          throw Status.UNAVAILABLE.asException();
        };

    try (RevocationWatch watch = new RevocationWatch(calls, agents, Duration.ofMinutes(5))) {
      watch.look();
    }

    assertThat(call).isNotNull();
    assertThat(calls.tokens()).containsExactly(token("good"));
  }

  private Iterator<Empty> open(String token) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    Channel authorized =
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    Iterator<Empty> call =
        ClientCalls.blockingServerStreamingCall(
            authorized, STAY, CallOptions.DEFAULT, Empty.getDefaultInstance());
    assertThat(call.next()).isEqualTo(Empty.getDefaultInstance());
    return call;
  }

  private static void assertRefused(Iterator<Empty> call) {
    assertThatThrownBy(call::hasNext)
        .isInstanceOf(StatusRuntimeException.class)
        .satisfies(e ->
            assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
  }

  private static AgentToken token(String text) {
    return new AgentToken(Secret.of(text));
  }
}
