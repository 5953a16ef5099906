package io.mooring.testkit.network;

import io.mooring.testkit.TestkitException;
import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port of loopback that leads to another port of loopback over a network with faults: two network
 * namespaces that this process made, each with a TUN device, and the packets between them carried
 * by {@link Cable}s. So it is the kernel's TCP that meets the faults; the bytes on either side of
 * it are passed on as they are. Needs root, {@code ip} and {@code /dev/net/tun}, but no {@code
 * netem}, which many kernels lack. Any thread.
 */
public final class BadNetwork implements AutoCloseable {
  private static final String NEAR = "10.99.7.1";
  private static final String FAR = "10.99.7.2";
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int FAR_PORT = 7777;
  private static final Path TUN = Path.of("/dev/net/tun");
  private static final Path NAMESPACES = Path.of("/var/run/netns");
  private static final Pattern NAME = Pattern.compile("mooring-(\\d{1,10})-(?:near|far)");

  private final String near;
  private final String far;
  private final int nearDevice;
  private final int farDevice;
  private final Cable there;
  private final Cable back;
  private final ExecutorService inNear;
  private final ServerSocketChannel entry;
  private final ServerSocketChannel exit;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final List<Instant> attempts = new CopyOnWriteArrayList<>();
  private volatile boolean answering = true;

  private BadNetwork(int target, RandomGenerator random) {
    sweep();
    String id = Long.toString(ProcessHandle.current().pid());
    near = "mooring-" + id + "-near";
    far = "mooring-" + id + "-far";
    ip("netns", "add", near);
    ip("netns", "add", far);
    nearDevice = device("mrn" + id, near, NEAR, FAR);
    farDevice = device("mrf" + id, far, FAR, NEAR);
    there = new Cable("there", nearDevice, farDevice, random);
    back = new Cable("back", farDevice, nearDevice, random);
    inNear = inside(near);
    try (ExecutorService inFar = inside(far)) {
      exit =
          call(
              inFar,
              () ->
                  ServerSocketChannel.open(StandardProtocolFamily.INET)
                      .bind(new InetSocketAddress(FAR, FAR_PORT)));
      entry =
          ServerSocketChannel.open(StandardProtocolFamily.INET)
              .bind(new InetSocketAddress(LOOPBACK, 0));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen", e);
    }
    Thread.ofVirtual().name("testkit-entry").start(() -> accept(entry, this::acrossTheNetwork));
    Thread.ofVirtual()
        .name("testkit-exit")
        .start(
            () -> accept(exit, () -> SocketChannel.open(new InetSocketAddress(LOOPBACK, target))));
  }

  /** Why there cannot be one here. */
  public static Optional<String> obstacle() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("network namespaces need root");
    }
    if (Command.find("ip").isEmpty()) {
      return Optional.of("no command ip (package iproute2)");
    }
    return Files.isWritable(TUN) ? Optional.empty() : Optional.of(TUN + " cannot be opened");
  }

  /**
   * Makes one without faults. There is one in a process at a time.
   *
   * @param target port of loopback that it leads to
   * @param random decides which packets meet a fault
   */
  public static BadNetwork towards(int target, RandomGenerator random) {
    return new BadNetwork(target, random);
  }

  /** The port of loopback that it begins at. */
  public int port() {
    try {
      return ((InetSocketAddress) entry.getLocalAddress()).getPort();
    } catch (IOException e) {
      throw new UncheckedIOException("the entry is closed", e);
    }
  }

  /** Packets meet these from now on, in both directions. */
  public void faults(Faults faults) {
    there.faults(faults);
    back.faults(faults);
  }

  /** Whether new connections are taken; others are closed at once. */
  public void answer(boolean yes) {
    answering = yes;
    if (!yes) {
      open.forEach(BadNetwork::closeQuietly);
    }
  }

  /** When somebody began to connect. */
  public List<Instant> attempts() {
    return attempts;
  }

  private SocketChannel acrossTheNetwork() throws IOException {
    attempts.add(Instant.now());
    if (!answering) {
      throw new IOException("nobody answers");
    }
    // The socket belongs to the namespace it is made in; connecting may take its time elsewhere.
    SocketChannel socket = call(inNear, () -> SocketChannel.open(StandardProtocolFamily.INET));
    open.add(socket);
    socket.connect(new InetSocketAddress(FAR, FAR_PORT));
    return socket;
  }

  private interface Onward {
    SocketChannel open() throws IOException;
  }

  private void accept(ServerSocketChannel listener, Onward onward) {
    try {
      while (true) {
        SocketChannel client = listener.accept();
        open.add(client);
        Thread.ofVirtual().name("testkit-relay").start(() -> relay(client, onward));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void relay(SocketChannel client, Onward onward) {
    try (client;
        SocketChannel other = onward.open()) {
      open.add(other);
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      other.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Thread up = Thread.ofVirtual().name("testkit-relay-up").start(() -> copy(other, client));
      copy(client, other);
      up.join();
      open.remove(other);
    } catch (IOException e) {
      // Either end is gone, and with it the other.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private static void copy(SocketChannel from, SocketChannel to) {
    try (from;
        to) {
      ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
      while (from.read(buffer.clear()) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
      }
    } catch (IOException e) {
      // Ended.
    }
  }

  /** Namespaces outlive a process that was killed. */
  private static void sweep() {
    String[] names = NAMESPACES.toFile().list();
    for (String name : names == null ? new String[0] : names) {
      Matcher ours = NAME.matcher(name);
      if (ours.matches() && ProcessHandle.of(Long.parseLong(ours.group(1))).isEmpty()) {
        ip("netns", "del", name);
      }
    }
  }

  private static int device(String name, String namespace, String own, String other) {
    int device = Kernel.tunDevice(name);
    ip("link", "set", name, "netns", namespace);
    ip("-n", namespace, "addr", "add", own, "peer", other, "dev", name);
    ip("-n", namespace, "link", "set", "lo", "up");
    ip("-n", namespace, "link", "set", name, "up");
    return device;
  }

  private static ExecutorService inside(String namespace) {
    ExecutorService executor =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("testkit-" + namespace).factory());
    call(
        executor,
        () -> {
          Kernel.enter(namespace);
          return InetAddress.getLoopbackAddress();
        });
    return executor;
  }

  private static <T> T call(ExecutorService executor, Callable<T> work) {
    try {
      return executor.submit(work).get();
    } catch (ExecutionException e) {
      throw new TestkitException("cannot work in the namespace: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestkitException("interrupted", e);
    }
  }

  private static void ip(String... words) {
    var _ = Command.of("ip").with(List.of(words)).output();
  }

  private static void closeQuietly(SocketChannel socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  @Override
  public void close() {
    try {
      entry.close();
      exit.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot stop to listen", e);
    }
    open.forEach(BadNetwork::closeQuietly);
    inNear.shutdownNow();
    there.close();
    back.close();
    Kernel.close(nearDevice);
    Kernel.close(farDevice);
    ip("netns", "del", near);
    ip("netns", "del", far);
  }
}
