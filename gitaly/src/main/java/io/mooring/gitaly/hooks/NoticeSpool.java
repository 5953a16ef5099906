package io.mooring.gitaly.hooks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParseException;
import io.mooring.gitaly.storage.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The notices that GitLab has not taken yet, one file each. A file is whole or not there. Any
 * thread; nobody works on one notice twice at the same time.
 */
final class NoticeSpool {
  private static final Logger LOG = LoggerFactory.getLogger(NoticeSpool.class);
  private static final String SUFFIX = ".json";

  private final Path folder;
  private final AtomicLong next = new AtomicLong();

  /** A spool in this folder, which is made when it is not there. */
  NoticeSpool(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /** Name for a notice that sorts behind all before it. */
  String newId(java.time.Instant now) {
    return "%015d-%06d".formatted(now.toEpochMilli(), next.getAndIncrement() % 1_000_000);
  }

  /** Puts a notice on disk, in place of an earlier version of it. */
  void write(Notice notice) throws IOException {
    DurableFiles.write(file(notice), notice.toJson().getBytes(UTF_8));
  }

  void remove(Notice notice) throws IOException {
    Files.deleteIfExists(file(notice));
  }

  /** All notices, the oldest first. Unreadable files are set aside. */
  List<Notice> readAll() throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
    var notices = new ArrayList<Notice>();
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      try {
        notices.add(
            Notice.parse(
                name.substring(0, name.length() - SUFFIX.length()), Files.readString(file)));
      } catch (NoSuchFileException e) {
        LOG.atDebug().addKeyValue("file", name).log("Notice was sent meanwhile");
      } catch (JsonParseException | java.nio.charset.CharacterCodingException e) {
        Files.move(
            file,
            folder.resolve(name + ".broken"),
            java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        LOG.atError()
            .setCause(e)
            .addKeyValue("file", name)
            .log("Notice of a push cannot be read; it was set aside");
      }
    }
    return notices;
  }

  private Path file(Notice notice) {
    return folder.resolve(notice.id() + SUFFIX);
  }
}
