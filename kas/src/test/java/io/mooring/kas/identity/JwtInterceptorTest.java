package io.mooring.kas.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
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
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.jwt.JwtVerifier;
import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.time.FakeClock;
import io.prometheus.metrics.core.metrics.Counter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JwtInterceptorTest {
  private static final Secret SECRET = Secret.of("0123456789abcdef0123456789abcdef");
  private static final MethodDescriptor<Empty, Empty> METHOD =
      MethodDescriptor.<Empty, Empty>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("test.Service/Method")
          .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
          .build();

  private final FakeClock clock = new FakeClock();
  private final Counter rejections =
      Counter.builder().name("rejections_total").labelNames("server", "reason").build();
  private Server api = server("api", Optional.empty());
  private Server privateApi = server("private_api", Optional.of("gitlab-kas"));

  @AfterEach
  void stop() {
    api.shutdownNow();
    privateApi.shutdownNow();
  }

  @ParameterizedTest
  @Tag("wire-22")
  @CsvSource({"HS256, HmacSHA256", "HS384, HmacSHA384", "HS512, HmacSHA512"})
  void takesTheThreeAlgorithmsOnBothServers(String name, String mac) throws Exception {
    String token = token(name, mac, SECRET, "{\"iss\":\"gitlab-kas\",\"aud\":\"gitlab-kas\"}");

    assertThat(call("api", token)).isEqualTo(Status.Code.OK);
    assertThat(call("private_api", token)).isEqualTo(Status.Code.OK);
  }

  @Test
  @Tag("wire-22")
  void takesAnyIssuerOnTheApi() {
    String token = JwtSigner.gitLabToKas(SECRET, "gitlab.example.com", clock).token();

    assertThat(call("api", token)).isEqualTo(Status.Code.OK);
  }

  @Test
  @Tag("wire-23")
  void takesItsOwnIssuerAloneOnThePrivateApi() {
    assertThat(call("private_api", JwtSigner.kasToKas(SECRET, clock).token()))
        .isEqualTo(Status.Code.OK);
    assertThat(
            call(
                "private_api",
                JwtSigner.gitLabToKas(SECRET, "gitlab-kas.example.com", clock).token()))
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(rejections.labelValues("private_api", "issuer").get()).isEqualTo(1);
  }

  @Test
  @Tag("wire-22")
  @Tag("fault-5")
  void refusesATokenOfAnotherServicesSecret() {
    refuses(JwtSigner.gitLabToKas(Secret.of("x".repeat(32)), "gitlab", clock).token(), "signature");
  }

  @Test
  @Tag("wire-22")
  @Tag("fault-5")
  void refusesAnotherAudience() {
    refuses(
        new JwtSigner(SECRET, "gitlab", List.of("gitlab"), Duration.ofMinutes(1), clock).token(),
        "audience");
  }

  @Test
  @Tag("wire-22")
  @Tag("fault-5")
  void refusesAnExpiredToken() {
    String token = JwtSigner.gitLabToKas(SECRET, "gitlab", clock).token();
    clock.advance(Duration.ofSeconds(6));

    refuses(token, "expired");
  }

  @Test
  @Tag("wire-22")
  @Tag("fault-5")
  void refusesATokenOfTenMinutesInTheFuture() {
    FakeClock ahead = new FakeClock(clock.instant().plus(Duration.ofMinutes(10)));

    refuses(JwtSigner.gitLabToKas(SECRET, "gitlab", ahead).token(), "not_yet_valid");
  }

  @Test
  @Tag("wire-22")
  @Tag("fault-5")
  void refusesAnUnsignedToken() {
    String header = encode("{\"alg\":\"none\",\"typ\":\"JWT\"}");

    refuses(header + "." + encode("{\"aud\":[\"gitlab-kas\"]}") + ".", "algorithm");
  }

  @Test
  @Tag("fault-5")
  void refusesAnOversizedToken() {
    refuses("a".repeat(4000) + ".b.c", "malformed");
  }

  private void refuses(String token, String reason) {
    StatusRuntimeException refusal = failure("api", token);

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(refusal.getStatus().getDescription()).isEqualTo("JWT validation failed");
    assertThat(rejections.labelValues("api", reason).get()).isEqualTo(1);
  }

  private Status.Code call(String server, String token) {
    try {
      send(server, token);
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private StatusRuntimeException failure(String server, String token) {
    try {
      send(server, token);
    } catch (StatusRuntimeException e) {
      return e;
    }
    throw new AssertionError("the call succeeded");
  }

  private void send(String server, String token) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "bearer " + token);
    ManagedChannel channel = InProcessChannelBuilder.forName(name(server)).directExecutor().build();
    try {
      Channel authorized =
          ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
      Empty answer =
          ClientCalls.blockingUnaryCall(
              authorized, METHOD, io.grpc.CallOptions.DEFAULT, Empty.getDefaultInstance());
      assertThat(answer).isEqualTo(Empty.getDefaultInstance());
    } finally {
      channel.shutdownNow();
    }
  }

  private Server server(String name, Optional<String> issuer) {
    JwtVerifier verifier = new JwtVerifier(SECRET, Optional.of("gitlab-kas"), issuer, clock);
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("test.Service")
            .addMethod(
                METHOD,
                ServerCalls.asyncUnaryCall((request, response) -> {
                  response.onNext(request);
                  response.onCompleted();
                }))
            .build();
    try {
      return InProcessServerBuilder.forName(name(name))
          .directExecutor()
          .addService(
              ServerInterceptors.intercept(service, new JwtInterceptor(name, verifier, rejections)))
          .build()
          .start();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException("cannot start " + name, e);
    }
  }

  private String name(String server) {
    return server + "-" + System.identityHashCode(this);
  }

  private static String token(String algorithm, String mac, Secret secret, String claims)
      throws Exception {
    String signed = encode("{\"alg\":\"" + algorithm + "\"}") + "." + encode(claims);
    Mac hmac = Mac.getInstance(mac);
    hmac.init(new SecretKeySpec(secret.bytes(), mac));
    byte[] signature = hmac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
