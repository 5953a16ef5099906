package io.mooring.protocol.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Version, commit and time of a build, and the texts that announce them (wire.md 1.4). A release
 * build puts a file {@value #RESOURCE} on the class path; without it the values are those of an
 * unstamped build.
 *
 * @param version with a leading v, such as {@code v16.5.0}
 * @param commit abbreviated commit id
 * @param built time of the build
 */
public record BuildInfo(String version, String commit, String built) {
  static final String RESOURCE = "mooring-build.properties";

  private static final BuildInfo CURRENT = load(BuildInfo.class.getClassLoader());

  /** The build that is running. */
  public static BuildInfo current() {
    return CURRENT;
  }

  /** {@code gitlab-kas/<version>/<commit>}: name of the server kas, and its user agent. */
  public String kas() {
    return "gitlab-kas/" + version + "/" + commit;
  }

  /** {@code gitlab-agent/<version>/<commit>}: user agent of agentk. */
  public String agent() {
    return "gitlab-agent/" + version + "/" + commit;
  }

  /** What {@code --version} prints. */
  public String text(String program) {
    return program + " version " + version + ", commit: " + commit + ", built: " + built;
  }

  static BuildInfo load(ClassLoader loader) {
    var properties = new Properties();
    try (InputStream in = loader.getResourceAsStream(RESOURCE)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE + " from the class path", e);
    }
    return new BuildInfo(
        properties.getProperty("version", "v0.0.0"),
        properties.getProperty("commit", "00000000"),
        properties.getProperty("built", "00000000.000000"));
  }
}
