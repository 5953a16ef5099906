package io.mooring.protocol.websocket;

import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Duration;

/** Buffers that are counted exactly, so that one that is not released is seen. */
final class CountedBuffers {
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

  ByteBufAllocator allocator() {
    return allocator;
  }

  /** Fails when buffers are still there. */
  void verifyAllReleased() {
    await("all buffers released")
        .atMost(Duration.ofSeconds(10))
        .until(() ->
            allocator.metric().usedDirectMemory() == 0 && allocator.metric().usedHeapMemory() == 0);
  }
}
