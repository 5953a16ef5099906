package io.mooring.testkit.leaks;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeaksTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  @Test
  void findsNothingWhereNothingIsLeft() throws Exception {
    var leaks = Leaks.watch(List.of());

    Thread.ofPlatform().name("short").start(() -> {}).join();

    assertThatCode(leaks::assertNone).doesNotThrowAnyException();
  }

  @Test
  void namesAThreadThatStays() throws Exception {
    namesAThread(Thread.ofPlatform().name("forgotten-platform"));
  }

  @Test
  void namesAVirtualThreadThatStays() throws Exception {
    namesAThread(Thread.ofVirtual().name("forgotten-virtual"));
  }

  @Test
  void waitsForAThreadThatEnds() throws Exception {
    var leaks = Leaks.watch(List.of());
    var release = new CountDownLatch(1);
    var thread = Thread.ofVirtual().name("slow").start(() -> waitFor(release));
    var helper = Thread.ofVirtual().start(release::countDown);

    assertThatCode(leaks::assertNone).doesNotThrowAnyException();
    thread.join();
    helper.join();
  }

  @Test
  void letsNamedThreadsStay() throws Exception {
    var leaks = Leaks.watch(List.of("pool-of-"));
    var release = new CountDownLatch(1);
    var thread = Thread.ofPlatform().name("pool-of-library").start(() -> waitFor(release));

    assertThatCode(leaks::assertNone).doesNotThrowAnyException();
    release.countDown();
    thread.join();
  }

  @Test
  void namesADescriptorThatStaysOpen(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("forgotten.txt"));
    var leaks = Leaks.watch(List.of(), SHORT);

    try (var channel = FileChannel.open(file)) {
      assertThatThrownBy(leaks::assertNone)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("descriptor ")
          .hasMessageContaining("forgotten.txt");
      channel.position(0);
    }
  }

  @Test
  void countsDirectMemoryThatStays() {
    var leaks = Leaks.watch(List.of(), SHORT);

    var buffer = ByteBuffer.allocateDirect(2 << 20);

    assertThatThrownBy(leaks::assertNone)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("bytes in direct buffers");
    buffer.put((byte) 1);
  }

  private static void namesAThread(Thread.Builder builder) throws InterruptedException {
    var leaks = Leaks.watch(List.of(), SHORT);
    var release = new CountDownLatch(1);

    Thread thread = builder.start(() -> waitFor(release));

    assertThatThrownBy(leaks::assertNone)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("thread " + thread.getName());
    release.countDown();
    thread.join();
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
