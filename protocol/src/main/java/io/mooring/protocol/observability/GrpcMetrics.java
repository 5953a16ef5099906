package io.mooring.protocol.observability;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts RPCs of one side under the names of redis-observability.md 5: {@code
 * grpc_<side>_started_total}, {@code _handled_total}, {@code _msg_received_total}, {@code
 * _msg_sent_total} and {@code _requests_in_flight}. Labels are bounded by the methods this program
 * knows: others are not counted.
 */
public final class GrpcMetrics {
  private final Counter started;
  private final Counter handled;
  private final Counter received;
  private final Counter sent;
  private final Gauge inFlight;
  // hot: found once a method, so that a message costs one addition.
  private final Map<String, Method> methods = new ConcurrentHashMap<>();

  private GrpcMetrics(String side, PrometheusRegistry registry) {
    started = counter(side + "_started", "RPCs started", registry);
    received = counter(side + "_msg_received", "Messages received", registry);
    sent = counter(side + "_msg_sent", "Messages sent", registry);
    handled =
        Counter.builder()
            .withoutExemplars()
            .name(side + "_handled")
            .help("RPCs completed, with any status")
            .labelNames("grpc_type", "grpc_service", "grpc_method", "grpc_code")
            .register(registry);
    inFlight =
        Gauge.builder()
            .withoutExemplars()
            .name(side + "_requests_in_flight")
            .help("RPCs that run now")
            .labelNames("grpc_service", "grpc_method")
            .register(registry);
  }

  /** Counts what a server handles. One a registry; shared by all servers of a program. */
  public static ServerInterceptor server(PrometheusRegistry registry) {
    return new GrpcMetrics("grpc_server", registry).new Server();
  }

  /** Counts what a client calls. One a registry; shared by all channels of a program. */
  public static ClientInterceptor client(PrometheusRegistry registry) {
    return new GrpcMetrics("grpc_client", registry).new Client();
  }

  private static Counter counter(String name, String help, PrometheusRegistry registry) {
    return Counter.builder()
        .withoutExemplars()
        .name(name)
        .help(help)
        .labelNames("grpc_type", "grpc_service", "grpc_method")
        .register(registry);
  }

  private Method method(MethodDescriptor<?, ?> descriptor) {
    return methods.computeIfAbsent(
        descriptor.getFullMethodName(), ignored -> new Method(descriptor));
  }

  /** The data points of one method. */
  private final class Method {
    private final String[] labels;
    private final CounterDataPoint receivedMessages;
    private final CounterDataPoint sentMessages;
    private final GaugeDataPoint running;

    Method(MethodDescriptor<?, ?> descriptor) {
      String service = String.valueOf(descriptor.getServiceName());
      String name = String.valueOf(descriptor.getBareMethodName());
      labels = new String[] {type(descriptor.getType()), service, name};
      receivedMessages = received.labelValues(labels);
      sentMessages = sent.labelValues(labels);
      running = inFlight.labelValues(service, name);
    }

    void begin() {
      started.labelValues(labels).inc();
      running.inc();
    }

    void end(Status status) {
      running.dec();
      handled.labelValues(labels[0], labels[1], labels[2], GrpcCode.name(status.getCode())).inc();
    }
  }

  private static String type(MethodDescriptor.MethodType type) {
    return switch (type) {
      case UNARY -> "unary";
      case CLIENT_STREAMING -> "client_stream";
      case SERVER_STREAMING -> "server_stream";
      case BIDI_STREAMING, UNKNOWN -> "bidi_stream";
    };
  }

  private final class Server implements ServerInterceptor {
    @Override
    public <Q, S> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
      Method method = method(call.getMethodDescriptor());
      method.begin();
      var counted =
          new SimpleForwardingServerCall<Q, S>(call) {
            @Override
            public void sendMessage(S message) {
              method.sentMessages.inc();
              super.sendMessage(message);
            }

            @Override
            public void close(Status status, Metadata trailers) {
              closed = status;
              super.close(status, trailers);
            }

            private Status closed = Status.CANCELLED;
          };
      return new SimpleForwardingServerCallListener<Q>(next.startCall(counted, headers)) {
        @Override
        public void onMessage(Q message) {
          method.receivedMessages.inc();
          super.onMessage(message);
        }

        @Override
        public void onComplete() {
          method.end(counted.closed);
          super.onComplete();
        }

        @Override
        public void onCancel() {
          method.end(Status.CANCELLED);
          super.onCancel();
        }
      };
    }
  }

  private final class Client implements ClientInterceptor {
    @Override
    public <Q, S> ClientCall<Q, S> interceptCall(
        MethodDescriptor<Q, S> descriptor, CallOptions options, Channel next) {
      Method method = method(descriptor);
      return new SimpleForwardingClientCall<Q, S>(next.newCall(descriptor, options)) {
        @Override
        public void start(Listener<S> listener, Metadata headers) {
          method.begin();
          super.start(
              new SimpleForwardingClientCallListener<S>(listener) {
                @Override
                public void onMessage(S message) {
                  method.receivedMessages.inc();
                  super.onMessage(message);
                }

                @Override
                public void onClose(Status status, Metadata trailers) {
                  method.end(status);
                  super.onClose(status, trailers);
                }
              },
              headers);
        }

        @Override
        public void sendMessage(Q message) {
          method.sentMessages.inc();
          super.sendMessage(message);
        }
      };
    }
  }
}
