package io.mooring.protocol.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DnsServerNamesTest {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final NameServer names = new NameServer();

  // Kept, because loggers are forgotten with their level otherwise.
  private final Logger grpc = Logger.getLogger("io.grpc");

  @BeforeEach
  void keepQuiet() {
    grpc.setLevel(Level.OFF);
  }

  @AfterEach
  void stop() {
    grpc.setLevel(null);
    names.close();
    loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void asksTheServerThatTheAddressNames() throws Exception {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .build()
            .start();
    ManagedChannel channel = channel("gitaly.only-here.example", server.getPort());
    try {
      await()
          .until(() -> {
            ConnectivityState state = channel.getState(true);
            return state == ConnectivityState.READY;
          });

      assertThat(channel.authority()).isEqualTo("gitaly.only-here.example:" + server.getPort());
      assertThat(names.asked).contains("gitaly.only-here.example");
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }

  @Test
  void saysWhichServerDoesNotKnowTheName() {
    ManagedChannel channel = channel("unknown.example", 1);
    try {
      StatusRuntimeException failure =
          Assertions.catchThrowableOfType(
              StatusRuntimeException.class,
              () ->
                  ClientCalls.blockingUnaryCall(channel, METHOD, CallOptions.DEFAULT, new byte[0]));

      assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(failure.getStatus().getDescription())
          .contains("the DNS server 127.0.0.1:" + names.port() + " was asked for unknown.example");
    } finally {
      channel.shutdownNow();
    }
  }

  private ManagedChannel channel(String host, int port) {
    return GrpcChannels.gitaly(
            GitalyAddress.parse("dns://127.0.0.1:" + names.port() + "/" + host + ":" + port),
            ClientTls.system())
        .eventLoopGroup(loops)
        .build();
  }

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          return new byte[0];
        }
      };

  private static final MethodDescriptor<byte[], byte[]> METHOD =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("test.Service/Call")
          .setRequestMarshaller(BYTES)
          .setResponseMarshaller(BYTES)
          .build();

  /** Knows that everything below only-here.example is this machine (RFC 1035, 4.1). */
  private static final class NameServer implements AutoCloseable {
    private static final int TYPE_A = 1;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final DatagramSocket socket;

    NameServer() {
      try {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      Thread.ofVirtual().start(this::serve);
    }

    int port() {
      return socket.getLocalPort();
    }

    private void serve() {
      byte[] buffer = new byte[512];
      while (!socket.isClosed()) {
        try {
          DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
          socket.receive(packet);
          byte[] answer = answer(ByteBuffer.wrap(buffer, 0, packet.getLength()));
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        } catch (IOException e) {
          // The socket was closed: the test is over.
          return;
        }
      }
    }

    private byte[] answer(ByteBuffer query) {
      short id = query.getShort(0);
      query.position(12);
      StringBuilder name = new StringBuilder();
      for (int length = query.get(); length > 0; length = query.get()) {
        byte[] label = new byte[length];
        query.get(label);
        name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
      }
      int type = query.getShort();
      query.getShort();
      byte[] question = new byte[query.position() - 12];
      query.get(12, question);
      asked.add(name.toString());
      boolean known = name.toString().endsWith("only-here.example");
      boolean answered = known && (type == TYPE_A || type == 255);
      ByteBuffer answer = ByteBuffer.allocate(512);
      answer.putShort(id).putShort((short) (known ? 0x8580 : 0x8583));
      answer.putShort((short) 1).putShort((short) (answered ? 1 : 0)).putInt(0);
      answer.put(question);
      if (answered) {
        answer.putShort((short) 0xc00c).putShort((short) TYPE_A).putShort((short) 1).putInt(60);
        answer.putShort((short) 4).put(new byte[] {127, 0, 0, 1});
      }
      byte[] bytes = new byte[answer.position()];
      answer.get(0, bytes);
      return bytes;
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
