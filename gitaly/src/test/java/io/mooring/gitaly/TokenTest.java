package io.mooring.gitaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.mooring.gitaly.configuration.GitalyConfiguration.Authentication;
import io.mooring.protocol.jwt.GitalyToken;
import io.mooring.protocol.secret.Secret;
import io.mooring.wire.gitaly.ServerInfoRequest;
import io.mooring.wire.gitaly.ServerServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may call (wire.md 3.5, gitlab-side.md 8.1). */
class TokenTest {
  private static final Secret TOKEN = Secret.of("a token of at least thirty-two bytes");

  @TempDir Path directory;

  @Test
  @Tag("wire-26")
  void letsInWhoSignsWithTheToken() throws IOException {
    Path file = tokenFile();
    try (var gitaly = TestGitaly.start(directory, settings -> settings.withToken(file))) {
      assertThat(call(gitaly, GitalyToken.header(TOKEN, Instant.now()))).isEqualTo("OK");
      assertThat(call(gitaly, GitalyToken.header(TOKEN, Instant.now().minusSeconds(25))))
          .isEqualTo("OK");
      assertThat(call(gitaly, GitalyToken.header(TOKEN, Instant.now().plusSeconds(25))))
          .isEqualTo("OK");
    }
  }

  @Test
  @Tag("wire-26")
  void refusesWhoDoesNot() throws IOException {
    Path file = tokenFile();
    try (var gitaly = TestGitaly.start(directory, settings -> settings.withToken(file))) {
      assertThat(call(gitaly, "")).isEqualTo("UNAUTHENTICATED: authentication required");
      assertThat(call(gitaly, "Basic dXNlcg=="))
          .isEqualTo("UNAUTHENTICATED: authentication required");
      assertThat(call(gitaly, "Bearer " + TOKEN.text().replace(' ', '-')))
          .isEqualTo("PERMISSION_DENIED: permission denied");
      assertThat(call(gitaly, GitalyToken.header(Secret.of("some other secret"), Instant.now())))
          .isEqualTo("PERMISSION_DENIED: permission denied");
      for (Duration off : new Duration[] {Duration.ofSeconds(-40), Duration.ofSeconds(40)}) {
        assertThat(call(gitaly, GitalyToken.header(TOKEN, Instant.now().plus(off))))
            .isEqualTo("PERMISSION_DENIED: permission denied");
      }
    }
  }

  @Test
  void guardsHealthAndAnswersItWithAToken() throws IOException {
    Path file = tokenFile();
    try (var gitaly = TestGitaly.start(directory, settings -> settings.withToken(file))) {
      var open = HealthGrpc.newBlockingStub(gitaly.channel());
      var refused =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> open.check(HealthCheckRequest.getDefaultInstance()));
      assertThat(refused.getStatus().getDescription()).isEqualTo("authentication required");

      var signed =
          HealthGrpc.newBlockingStub(with(gitaly, GitalyToken.header(TOKEN, Instant.now())));
      assertThat(signed.check(HealthCheckRequest.getDefaultInstance()).getStatus())
          .isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  @Tag("wire-26")
  void letsEverybodyInWithoutATokenAndWhileItIsBeingChanged() throws IOException {
    Path file = tokenFile();
    try (var gitaly = TestGitaly.start(directory)) {
      assertThat(call(gitaly, "")).isEqualTo("OK");
    }
    var transitioning = new Authentication(Optional.of(file), true);
    try (var gitaly =
        TestGitaly.start(directory, settings -> settings.withAuthentication(transitioning))) {
      assertThat(call(gitaly, "")).isEqualTo("OK");
      assertThat(call(gitaly, GitalyToken.header(Secret.of("old"), Instant.now()))).isEqualTo("OK");
    }
  }

  private Path tokenFile() throws IOException {
    Path file = directory.resolve("token");
    Files.writeString(file, TOKEN.text() + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private static String call(TestGitaly gitaly, String header) {
    try {
      var _ =
          ServerServiceGrpc.newBlockingStub(
                  header.isEmpty() ? gitaly.channel() : with(gitaly, header))
              .withDeadlineAfter(10, TimeUnit.SECONDS)
              .serverInfo(ServerInfoRequest.getDefaultInstance());
      return "OK";
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
    }
  }

  private static Channel with(TestGitaly gitaly, String header) {
    return ClientInterceptors.intercept(
        gitaly.channel(),
        new ClientInterceptor() {
          @Override
          public <Q, T> ClientCall<Q, T> interceptCall(
              MethodDescriptor<Q, T> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
              @Override
              public void start(Listener<T> listener, Metadata headers) {
                headers.put(
                    Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), header);
                super.start(listener, headers);
              }
            };
          }
        });
  }
}
