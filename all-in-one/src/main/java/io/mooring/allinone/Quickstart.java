package io.mooring.allinone;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./quickstart}: everything on this machine, a sample pushed, and up until Ctrl-C. */
@Command(
    name = "quickstart",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "Starts PostgreSQL, gitaly, the GitLab application, kas and agentk on this machine, pushes a"
          + " sample with git and shows it arriving in the cluster. Stays up until Ctrl-C and leaves"
          + " nothing behind.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all went well",
      "1:something failed; the last lines say what",
      "2:bad usage"
    })
public final class Quickstart implements Callable<Integer> {

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "deploy to this cluster instead of a local API server")
  private @Nullable Path kubeconfig;

  @Option(
      names = "--check",
      description =
          "no waiting: push changes, a removal, a broken manifest and more, look at each in the"
              + " cluster with kubectl, print one line a check, and end with 1 at the first that"
              + " fails")
  private boolean check;

  @Option(
      names = "--replicas",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "run so many replicas of kas, which share a Redis; the agent comes to one of them over"
              + " WebSocket and TLS")
  private int replicas;

  @Option(
      names = "--node",
      description =
          "give the local API server a real node, where this machine allows one (root, cgroup v1);"
              + " --check does so by itself")
  private boolean node;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "keep database, repositories and secrets here; without it they are deleted")
  private @Nullable Path state;

  private final CountDownLatch stopped = new CountDownLatch(1);

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Quickstart()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    Progress progress = new Progress(System.out, InstantSource.system());
    Thread main = Thread.currentThread();
    Thread stop = new Thread(() -> end(main), "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      return look(progress);
    } catch (Checklist.FailedException e) {
      return 1;
    } catch (IOException | RuntimeException e) {
      progress.say("failed: %s", String.valueOf(e.getMessage()));
      return 1;
    } catch (InterruptedException asked) {
      return 0;
    } finally {
      stopped.countDown();
    }
  }

  private int look(Progress progress)
      throws IOException, InterruptedException, Checklist.FailedException {
    try (Stack stack =
        Stack.start(
            new Stack.Options(
                Optional.ofNullable(kubeconfig),
                Optional.ofNullable(state),
                replicas,
                node || check),
            progress)) {
      FirstLook sample = FirstLook.register(stack, progress);
      sample.push(progress);
      if (check) {
        new Check(stack, sample, progress).run();
      } else {
        new Directions(stack, sample).print(progress);
        new CountDownLatch(1).await();
      }
      progress.say("stopping");
    }
    return Stack.nothingLeft(progress) ? 0 : 1;
  }

  /** Ctrl-C: interrupts the work and lets the JVM go only when everything was stopped. */
  private void end(Thread main) {
    main.interrupt();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
