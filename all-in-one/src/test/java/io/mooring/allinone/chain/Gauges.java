package io.mooring.allinone.chain;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What this JVM holds at one moment. Virtual threads count as heap: their stacks are there.
 *
 * @param heap bytes that survived a collection
 * @param direct bytes outside of the heap, Netty's included
 * @param threads of the platform
 * @param descriptors that are open
 */
record Gauges(long heap, long direct, long threads, long descriptors) {
  /** Collects garbage first. */
  static Gauges now() {
    // What the first collection frees may hold more by weak or soft references, or cleaners.
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    long buffers =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return new Gauges(
        runtime.totalMemory() - runtime.freeMemory(),
        buffers + Math.max(0, PlatformDependent.usedDirectMemory()),
        ManagementFactory.getThreadMXBean().getThreadCount(),
        openDescriptors());
  }

  static long openDescriptors() {
    try (var links = Files.list(Path.of("/proc/self/fd"))) {
      return links.count();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the open descriptors", e);
    }
  }

  /** How much one of them grows from one to the next, by least squares. */
  static double slope(List<Gauges> samples, ToLongFunction<Gauges> gauge) {
    double middle = (samples.size() - 1) / 2.0;
    double mean = samples.stream().mapToLong(gauge).average().orElseThrow();
    double above = 0;
    double below = 0;
    for (int i = 0; i < samples.size(); i++) {
      above += (i - middle) * (gauge.applyAsLong(samples.get(i)) - mean);
      below += (i - middle) * (i - middle);
    }
    return above / below;
  }
}
