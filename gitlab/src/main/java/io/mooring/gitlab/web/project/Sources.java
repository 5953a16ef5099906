package io.mooring.gitlab.web.project;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.gitaly.GitalyStatus;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.repository.Trees;
import io.mooring.wire.gitaly.TreeEntryResponse;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import org.springframework.stereotype.Component;

/** Reads files of repositories to show them. Thread-safe. */
@Component
public class Sources {
  /** More is no page but a download. */
  public static final long MAX_BYTES = 512 * 1024;

  private final Trees trees;

  Sources(Trees trees) {
    this.trees = trees;
  }

  /** What is at a path. */
  public sealed interface Found {
    /** A text. */
    record Text(String text, long size) implements Found {}

    /** Something that is no text, or too large to be shown. */
    record Opaque(String reason) implements Found {}

    /** A directory, or a repository within this one. */
    record Directory() implements Found {}

    /** Nothing. */
    record Missing() implements Found {}
  }

  /** What a commit has at a path. */
  public Found read(Project project, String commitId, String path) {
    try {
      Iterator<TreeEntryResponse> pieces =
          trees.file(project.repository(), commitId, path, MAX_BYTES);
      if (!pieces.hasNext()) {
        return new Found.Missing();
      }
      TreeEntryResponse first = pieces.next();
      if (first.getType() != TreeEntryResponse.ObjectType.BLOB) {
        return new Found.Directory();
      }
      ByteString content = first.getData();
      while (pieces.hasNext()) {
        content = content.concat(pieces.next().getData());
      }
      return text(content);
    } catch (StatusRuntimeException e) {
      if (GitalyStatus.isMissing(e)) {
        return new Found.Missing();
      }
      if (e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION) {
        return new Found.Opaque("It is larger than " + MAX_BYTES / 1024 + " KiB.");
      }
      throw e;
    }
  }

  private static Found text(ByteString content) {
    for (int i = 0; i < content.size(); i++) {
      if (content.byteAt(i) == 0) {
        return new Found.Opaque("It is not a text.");
      }
    }
    try {
      return new Found.Text(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(content.toByteArray()))
              .toString(),
          content.size());
    } catch (CharacterCodingException e) {
      return new Found.Opaque("It is not a text in UTF-8.");
    }
  }
}
