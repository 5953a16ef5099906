package io.mooring.testkit.leaks;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What this JVM holds at one moment.
 *
 * @param threads platform and virtual ones, without those of the JVM and of the test runner
 * @param descriptors number and target of each open one, without files of the class path
 * @param directMemory bytes in direct buffers outside of Netty's own pools
 */
record JvmResources(Set<LiveThread> threads, Set<String> descriptors, long directMemory) {
  /** Started once per JVM, by the JVM or by libraries, and not ours to end. */
  private static final List<String> NOT_OURS =
      List.of(
          "Attach Listener",
          "Common-Cleaner",
          "Cleaner-",
          "ForkJoinPool",
          "HttpClient-",
          "Keep-Alive-Timer",
          "VirtualThread-",
          "globalEventExecutor",
          "grpc-shared-destroyer",
          "junit-",
          "process reaper",
          "surefire-",
          "testkit-");

  private static final List<String> NOT_LEAKS =
      List.of(".jar", "/modules", "/dev/urandom", "/dev/random");

  static JvmResources now() {
    return new JvmResources(liveThreads(), openDescriptors(), directBytes());
  }

  private static Set<LiveThread> liveThreads() {
    var threads = new HashSet<LiveThread>();
    JsonObject dump = threadDump().getAsJsonObject("threadDump");
    for (JsonElement container : dump.getAsJsonArray("threadContainers")) {
      for (JsonElement element : container.getAsJsonObject().getAsJsonArray("threads")) {
        JsonObject thread = element.getAsJsonObject();
        String name = thread.get("name").getAsString();
        if (NOT_OURS.stream().noneMatch(name::startsWith)) {
          threads.add(new LiveThread(thread.get("tid").getAsLong(), name));
        }
      }
    }
    return threads;
  }

  /** The only list that has virtual threads in it. */
  private static JsonObject threadDump() {
    try {
      Path folder = Files.createTempDirectory("mooring-threads-");
      Path file = folder.resolve("dump.json");
      try {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .dumpThreads(file.toString(), ThreadDumpFormat.JSON);
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      } finally {
        Files.deleteIfExists(file);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the threads", e);
    }
  }

  private static Set<String> openDescriptors() {
    var open = new HashSet<String>();
    try (var links = Files.list(Path.of("/proc/self/fd"))) {
      for (Path link : links.toList()) {
        String target = target(link);
        if (!target.isEmpty() && NOT_LEAKS.stream().noneMatch(target::endsWith)) {
          open.add(link.getFileName() + " " + target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the open descriptors", e);
    }
    return open;
  }

  /** Empty for the descriptor of the listing itself and for one closed meanwhile. */
  private static String target(Path link) throws IOException {
    try {
      String target = Files.readSymbolicLink(link).toString();
      return target.matches("/proc/\\d+/fd") ? "" : target;
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  /** A thread that runs or waits. */
  record LiveThread(long id, String name) {}
}
