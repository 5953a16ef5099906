package io.mooring.gitlab;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The program as a process of its own. */
final class Program {
  private Program() {}

  /** What starts it; a file with the class path is kept in the directory. */
  static List<String> command(Path directory, String... arguments) throws IOException {
    // Without the tests, whose settings of the log are not the program's.
    String tests =
        Path.of(Program.class.getProtectionDomain().getCodeSource().getLocation().getPath())
            .toString();
    String classPath =
        Arrays.stream(
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"))
                    .split(File.pathSeparator, -1))
            .filter(entry -> !Path.of(entry).toString().equals(tests))
            .collect(Collectors.joining(File.pathSeparator));
    // In a file, because it is longer than some systems allow a command to be.
    Path options = Files.writeString(directory.resolve("options"), "-cp \"" + classPath + "\"\n");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "@" + options,
                Main.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}
