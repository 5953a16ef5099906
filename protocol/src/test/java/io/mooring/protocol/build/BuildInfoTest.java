package io.mooring.protocol.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildInfoTest {
  @Test
  void announcesAnUnstampedBuildAsTheOriginalDoes() {
    BuildInfo build = BuildInfo.load(ClassLoader.getPlatformClassLoader());

    assertThat(build.kas()).isEqualTo("gitlab-kas/v0.0.0/00000000");
    assertThat(build.agent()).isEqualTo("gitlab-agent/v0.0.0/00000000");
    assertThat(build.text("agentk"))
        .isEqualTo("agentk version v0.0.0, commit: 00000000, built: 00000000.000000");
  }

  @Test
  void readsTheStampOfARelease(@TempDir Path folder) throws Exception {
    Files.writeString(
        folder.resolve(BuildInfo.RESOURCE),
        "version=v16.5.0\ncommit=abcdef01\nbuilt=20261123.100000\n");

    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
      assertThat(BuildInfo.load(loader).kas()).isEqualTo("gitlab-kas/v16.5.0/abcdef01");
    }
  }
}
