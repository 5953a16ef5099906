package io.mooring.testkit.network;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** One direction between two devices: two threads, one that reads and one that delivers. */
final class Cable {
  private static final int LARGEST_PACKET = 4096;
  private static final int POLL_MILLIS = 50;

  /** What waits where the rate is limited: a router drops what comes on top. */
  private static final int QUEUE_BYTES = 64 * 1024;

  /** How much later a packet comes that is overtaken. */
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

  private final int from;
  private final int to;
  private final RandomGenerator random;
  private final DelayQueue<Packet> under = new DelayQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong order = new AtomicLong();
  private final Thread reader;
  private final Thread writer;
  private volatile Faults faults = Faults.NONE;
  private volatile boolean closed;
  private long free = System.nanoTime();

  private static final class Packet implements Delayed {
    private final byte[] bytes;
    private final long due;
    private final long number;

    Packet(byte[] bytes, long due, long number) {
      this.bytes = bytes;
      this.due = due;
      this.number = number;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(due - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      Packet packet = (Packet) other;
      int byTime = Long.compare(due - packet.due, 0);
      return byTime == 0 ? Long.compare(number, packet.number) : byTime;
    }
  }

  Cable(String name, int from, int to, RandomGenerator random) {
    this.from = from;
    this.to = to;
    this.random = random;
    this.reader = Thread.ofPlatform().daemon().name("testkit-" + name + "-in").start(this::read);
    this.writer = Thread.ofPlatform().daemon().name("testkit-" + name + "-out").start(this::write);
  }

  void faults(Faults next) {
    faults = next;
  }

  private void read() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(LARGEST_PACKET);
      while (!closed) {
        int size = Kernel.receive(from, buffer, POLL_MILLIS);
        if (size > 0) {
          carry(buffer.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE));
        }
      }
    }
  }

  private void carry(byte[] bytes) {
    Faults now = faults;
    if (random.nextDouble() < now.loss() || waiting.get() > QUEUE_BYTES) {
      return;
    }
    long at = System.nanoTime();
    if (now.bytesPerSecond() > 0) {
      free = Math.max(free, at) + TimeUnit.SECONDS.toNanos(1) * bytes.length / now.bytesPerSecond();
      at = free;
    }
    at += now.delay().toNanos();
    if (random.nextDouble() < now.late()) {
      at += LATE_NANOS;
    }
    put(bytes, at);
    if (random.nextDouble() < now.doubled()) {
      put(bytes, at);
    }
  }

  private void put(byte[] bytes, long at) {
    waiting.addAndGet(bytes.length);
    under.put(new Packet(bytes, at, order.getAndIncrement()));
  }

  private void write() {
    try {
      while (!closed) {
        Packet packet = under.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (packet != null) {
          waiting.addAndGet(-packet.bytes.length);
          Kernel.send(to, packet.bytes);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns when nobody uses the devices any more. */
  void close() {
    closed = true;
    try {
      reader.join();
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
