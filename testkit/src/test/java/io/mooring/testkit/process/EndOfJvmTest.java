package io.mooring.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.testkit.postgres.PostgresServer;
import io.mooring.testkit.redis.RedisServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class EndOfJvmTest {
  @Test
  void leavesNoServerWhenTheJvmIsKilled() throws Exception {
    Process jvm = start(StartsServers.class, "stay");
    List<Long> servers = pids(jvm);
    assertThat(servers).hasSize(2).allMatch(EndOfJvmTest::runs);

    jvm.destroyForcibly().waitFor();

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> servers.stream().noneMatch(EndOfJvmTest::runs));
  }

  @Test
  void leavesNeitherServersNorDirectoriesWhenTheJvmEndsByItself() throws Exception {
    Process jvm = start(StartsServers.class, "end");
    List<Long> servers = pids(jvm);

    assertThat(jvm.waitFor()).isZero();

    assertThat(servers).hasSize(2).noneMatch(EndOfJvmTest::runs);
    try (Stream<Path> left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("mooring-" + jvm.pid() + "-"));
    }
  }

  private static Process start(Class<?> program, String argument) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            program.getName(),
            argument)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static List<Long> pids(Process jvm) throws IOException {
    var output =
        new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
    return Stream.of(output.readLine().split(" ", -1)).map(Long::valueOf).toList();
  }

  /** A process that ended and only waits to be asked for its exit code does not run. */
  private static boolean runs(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  /** Starts the shared servers, prints their process numbers, and stays or ends. */
  static final class StartsServers {
    private StartsServers() {}

    public static void main(String[] arguments) throws Exception {
      String redis = RedisServer.shared().command("INFO", "server");
      String redisPid = redis.replaceFirst("(?s).*process_id:(\\d+).*", "$1");
      try (var database = PostgresServer.shared().createDatabase();
          var connection = database.dataSource().getConnection();
          var statement = connection.createStatement();
          var file = statement.executeQuery("SELECT pg_read_file('postmaster.pid')")) {
        file.next();
        System.out.println(redisPid + " " + file.getString(1).lines().findFirst().orElseThrow());
      }
      if (arguments[0].equals("stay")) {
        new java.util.concurrent.CountDownLatch(1).await();
      }
    }
  }
}
