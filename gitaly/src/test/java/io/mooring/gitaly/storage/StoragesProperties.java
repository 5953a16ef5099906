package io.mooring.gitaly.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitaly.failure.GitalyFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** No address, however it is written, leads out of its storage. */
class StoragesProperties {
  private static Path root = Path.of("");

  @BeforeContainer
  static void makeFolders() throws IOException {
    root = Files.createTempDirectory("storages").toRealPath();
    Files.createDirectories(root.resolve("outside/deep"));
    Files.createDirectories(root.resolve("storage/a/b"));
    Files.createDirectories(root.resolve("storage/+gitaly/tmp"));
    Files.createSymbolicLink(root.resolve("storage/out"), root.resolve("outside"));
    Files.createSymbolicLink(root.resolve("storage/a/up"), Path.of(".."));
    Files.createSymbolicLink(root.resolve("storage/loop"), Path.of("loop"));
  }

  @AfterContainer
  static void removeFolders() throws IOException {
    DurableFiles.deleteTree(root);
  }

  @Property(tries = 2000)
  void everyLocationIsInsideOfTheStorage(@ForAll("paths") String path) throws IOException {
    Path storage = root.resolve("storage");
    try {
      Location location = storages().locate(new RepositoryAddress("default", path));

      assertThat(location.directory()).startsWithRaw(storage).isNotEqualTo(storage);
      assertThat(location.directory().normalize()).isEqualTo(location.directory());
      Path existing = location.directory();
      while (!Files.exists(existing)) {
        existing = Objects.requireNonNull(existing.getParent());
      }
      assertThat(existing.toRealPath()).startsWith(storage);
      assertThat(location.directory()).isNotEqualTo(storage.resolve("+gitaly"));
      assertThat(location.relativePath()).doesNotStartWith("+gitaly/");
    } catch (GitalyFailure e) {
      assertThat(e.kind()).isEqualTo(GitalyFailure.Kind.INVALID_ARGUMENT);
      assertThat(e.text()).doesNotContain(root.toString());
    }
  }

  @Property(tries = 1000)
  void everyTextIsALocationOrARefusal(@ForAll String name, @ForAll String path) throws IOException {
    try {
      assertThat(
              storages()
                  .locate(new RepositoryAddress(name.length() > 3 ? "default" : name, path))
                  .directory())
          .startsWithRaw(root.resolve("storage"));
    } catch (GitalyFailure e) {
      assertThat(e.kind()).isEqualTo(GitalyFailure.Kind.INVALID_ARGUMENT);
    }
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of(
            "..", ".", "", "a", "b", "x.git", "out", "up", "loop", "+gitaly", "tmp", "deep", "...",
            "a..b", "~", "%2e%2e", "\0", " ")
        .list()
        .ofMinSize(1)
        .ofMaxSize(7)
        .map(parts -> String.join("/", parts));
  }

  private static Storages storages() {
    return new Storages(List.of(new Storage("default", root.resolve("storage"))));
  }
}
