package io.mooring.protocol.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.mooring.wire.agentregistrar.rpc.AgentRegistrarGrpc;
import io.mooring.wire.agentregistrar.rpc.RegisterRequest;
import io.mooring.wire.agentregistrar.rpc.RegisterResponse;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class GrpcMetricsTest {
  private static final String LABELS =
      "grpc_method=\"Register\",grpc_service=\"gitlab.agent.agent_registrar.rpc.AgentRegistrar\"";

  private final PrometheusRegistry registry = new PrometheusRegistry();

  @Test
  void countsCallsOfBothSidesUnderTheNamesOfTheOriginal() throws Exception {
    var server =
        InProcessServerBuilder.forName("metrics")
            .directExecutor()
            .intercept(GrpcMetrics.server(registry))
            .addService(
                new AgentRegistrarGrpc.AgentRegistrarImplBase() {
                  @Override
                  public void register(
                      RegisterRequest request, StreamObserver<RegisterResponse> answer) {
                    if (request.getPodId() < 0) {
                      answer.onError(Status.INVALID_ARGUMENT.asException());
                    } else {
                      answer.onNext(RegisterResponse.getDefaultInstance());
                      answer.onCompleted();
                    }
                  }
                })
            .build()
            .start();
    var channel =
        InProcessChannelBuilder.forName("metrics")
            .directExecutor()
            .intercept(GrpcMetrics.client(registry))
            .build();
    try {
      var stub = AgentRegistrarGrpc.newBlockingStub(channel);

      assertThat(stub.register(RegisterRequest.getDefaultInstance())).isNotNull();
      assertThatThrownBy(() -> stub.register(RegisterRequest.newBuilder().setPodId(-1).build()))
          .isInstanceOf(StatusRuntimeException.class);

      String scrape = scrape();
      for (String side : new String[] {"server", "client"}) {
        assertThat(scrape)
            .contains("grpc_" + side + "_started_total{" + LABELS + ",grpc_type=\"unary\"} 2.0")
            .contains(
                "grpc_"
                    + side
                    + "_handled_total{grpc_code=\"OK\","
                    + LABELS
                    + ",grpc_type=\"unary\"} 1.0")
            .contains(
                "grpc_"
                    + side
                    + "_handled_total{grpc_code=\"InvalidArgument\","
                    + LABELS
                    + ",grpc_type=\"unary\"} 1.0")
            .contains("grpc_" + side + "_requests_in_flight{" + LABELS + "} 0.0");
      }
      assertThat(scrape)
          .contains("grpc_server_msg_received_total{" + LABELS + ",grpc_type=\"unary\"} 2.0")
          .contains("grpc_server_msg_sent_total{" + LABELS + ",grpc_type=\"unary\"} 1.0")
          .contains("grpc_client_msg_received_total{" + LABELS + ",grpc_type=\"unary\"} 1.0")
          .contains("grpc_client_msg_sent_total{" + LABELS + ",grpc_type=\"unary\"} 2.0");
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }

  private String scrape() throws IOException {
    var out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(out, registry.scrape());
    return out.toString(StandardCharsets.UTF_8);
  }
}
