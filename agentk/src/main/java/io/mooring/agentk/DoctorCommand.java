package io.mooring.agentk;

import io.mooring.agentk.doctor.Doctor;
import io.mooring.agentk.doctor.Finding;
import io.mooring.agentk.doctor.Report;
import io.mooring.agentk.worker.Timing;
import io.mooring.protocol.observability.JsonLogs;
import io.mooring.protocol.observability.LogLevel;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agentk doctor}: what stands between this agent, kas and the cluster. */
@Command(
    name = "doctor",
    description = {
      "Checks step by step what stands between this agent, kas and the cluster, and says what to do.",
      "Takes the flags and variables that the agent is started with; changes nothing."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footer = {
      "",
      "Exit codes: 0 nothing failed (there may be warnings), 1 a check failed, 2 wrong usage."
    })
final class DoctorCommand implements Callable<Integer> {
  private static final int HEALTHY = 0;
  private static final int UNHEALTHY = 1;

  /** Values of {@code --output}. */
  enum Output {
    /** For people. */
    text,
    /** For programs. */
    json
  }

  @Spec private @Nullable CommandSpec command;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "<format>",
      defaultValue = "text",
      description = "text or json (default: text)")
  private Output output = Output.text;

  @Mixin private KasFlags kas = new KasFlags();

  @Mixin private KubernetesFlags kubernetes = new KubernetesFlags();

  private final Map<String, String> environment;

  DoctorCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws InterruptedException {
    kas.requireAddress();
    // What happens on the way is what the findings tell.
    JsonLogs.install();
    JsonLogs.level("io.mooring", LogLevel.ERROR);
    Report report =
        Doctor.examine(
            new Doctor.Patient(
                () -> kas.settings(environment),
                kubernetes.options(),
                environment.getOrDefault("POD_NAMESPACE", "default")),
            Timing.real());
    if (command != null) {
      var out = command.commandLine().getOut();
      out.print(
          switch (output) {
            case text -> report.text();
            case json -> report.json();
          });
      out.flush();
    }
    return report.verdict() == Finding.Verdict.FAILED ? UNHEALTHY : HEALTHY;
  }
}
