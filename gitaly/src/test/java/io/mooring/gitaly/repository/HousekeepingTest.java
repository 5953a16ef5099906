package io.mooring.gitaly.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitaly.storage.GitEnvironment;
import io.mooring.gitaly.storage.Location;
import io.mooring.gitaly.storage.Repositories;
import io.mooring.gitaly.storage.RepositoryAddress;
import io.mooring.gitaly.storage.Storage;
import io.mooring.gitaly.storage.Storages;
import io.mooring.testkit.git.GitCommand;
import io.mooring.testkit.time.FakeClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packing repositories anew, with the real git as the judge of what is left. */
class HousekeepingTest {
  @TempDir Path directory;

  private final FakeClock clock = new FakeClock(Instant.now());
  private Repositories repositories;
  private Housekeeping housekeeping;
  private Location location;
  private GitCommand bare;

  @BeforeEach
  void makeRepositoryOfManyPacks() throws IOException {
    Path root = directory.toRealPath();
    GitEnvironment.install(List.of(root), 1 << 30);
    repositories = new Repositories(new Storages(List.of(new Storage("default", root))));
    housekeeping = new Housekeeping(repositories, clock);
    bare = GitCommand.initBare(root.resolve("project.git"));
    bare.run("config", "receive.unpackLimit", "1");
    bare.run("config", "gc.autoPackLimit", "3");
    bare.run("config", "receive.autogc", "false");
    location = repositories.storages().existing(new RepositoryAddress("default", "project.git"));
  }

  @AfterEach
  void close() {
    housekeeping.close();
    repositories.close();
  }

  @Test
  void makesFewPacksOfManyAndLosesNothing() throws IOException {
    push(6);
    String tip = bare.run("rev-parse", "main");
    age(Duration.ofHours(1));

    assertThat(housekeeping.keep(location)).isTrue();

    assertThat(packs()).hasSizeLessThanOrEqualTo(2);
    assertThat(bare.run("rev-list", "--count", "main")).isEqualTo("6");
    assertThat(bare.run("rev-parse", "main")).isEqualTo(tip);
    assertThat(bare.run("fsck", "--full")).doesNotContain("missing").doesNotContain("error");
  }

  @Test
  void leavesFewPacksAlone() throws IOException {
    push(2);
    List<Path> before = packs();

    assertThat(housekeeping.keep(location)).isTrue();

    assertThat(packs()).isEqualTo(before);
  }

  @Test
  void keepsThePackOfAPushThatMayBeUnderWayAndDoesNotPackAgainForIt() throws IOException {
    push(6);
    List<Path> young = packs();

    assertThat(housekeeping.keep(location)).isTrue();
    List<Path> after = packs();
    assertThat(after).containsAll(young).hasSizeGreaterThan(young.size());
    age(Duration.ofHours(1));
    assertThat(housekeeping.keep(location)).isTrue();
    assertThat(packs()).isEqualTo(after);

    clock.advance(Housekeeping.PACK_REST.plusSeconds(1));
    assertThat(housekeeping.keep(location)).isTrue();
    assertThat(packs()).hasSizeLessThanOrEqualTo(2);
  }

  private void push(int commits) {
    GitCommand work = GitCommand.init(directory.resolve("work"));
    for (int i = 0; i < commits; i++) {
      work.write("file", "content " + i).commit("commit " + i);
      work.run("push", "--quiet", bare.directory().toString(), "HEAD:main");
    }
  }

  private List<Path> packs() throws IOException {
    try (Stream<Path> files = Files.list(bare.directory().resolve("objects/pack"))) {
      return files.filter(file -> file.toString().endsWith(".pack")).sorted().toList();
    }
  }

  private void age(Duration age) throws IOException {
    for (Path pack : packs()) {
      Files.setLastModifiedTime(pack, FileTime.from(Instant.now().minus(age)));
    }
  }
}
