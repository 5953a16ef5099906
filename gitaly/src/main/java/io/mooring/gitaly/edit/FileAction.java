package io.mooring.gitaly.edit;

import com.google.protobuf.ByteString;
import io.mooring.gitaly.call.Requests;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.failure.GitalyFailure.Kind;
import io.mooring.wire.gitaly.UserCommitFilesAction;
import io.mooring.wire.gitaly.UserCommitFilesActionHeader;
import io.mooring.wire.gitaly.UserCommitFilesRequest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * One change of a file.
 *
 * @param header what to do
 * @param content of the file, decoded
 */
record FileAction(UserCommitFilesActionHeader header, ByteString content) {
  /** Larger files belong into a push: here they are held in memory. */
  static final int MAX_CONTENT = 64 << 20;

  /** More actions are no work of a person in an editor. */
  static final int MAX_ACTIONS = 10_000;

  /** Takes all actions of a request, which come in pieces. */
  static List<FileAction> takeAll(Requests<UserCommitFilesRequest> requests) {
    var collector = new Collector();
    for (Optional<UserCommitFilesRequest> next = requests.take();
        next.isPresent();
        next = requests.take()) {
      if (!next.get().hasAction()) {
        throw GitalyFailure.invalid(
            "unhandled request payload (expected: an action after the header)");
      }
      collector.add(next.get().getAction());
    }
    return collector.end();
  }

  private static final class Collector {
    private final List<FileAction> actions = new ArrayList<>();
    private Optional<UserCommitFilesActionHeader> header = Optional.empty();
    private ByteString content = ByteString.EMPTY;
    private long total;

    void add(UserCommitFilesAction piece) {
      switch (piece.getUserCommitFilesActionPayloadCase()) {
        case HEADER -> {
          finish();
          header = Optional.of(piece.getHeader());
        }
        case CONTENT -> {
          if (header.isEmpty()) {
            throw GitalyFailure.invalid("content sent before action");
          }
          total += piece.getContent().size();
          if (total > MAX_CONTENT) {
            throw new GitalyFailure(
                Kind.RESOURCE_EXHAUSTED,
                "the files have more than " + (MAX_CONTENT >> 20) + " MiB; push them with git");
          }
          content = content.concat(piece.getContent());
        }
        case USERCOMMITFILESACTIONPAYLOAD_NOT_SET ->
            throw GitalyFailure.invalid("unhandled action payload");
      }
    }

    List<FileAction> end() {
      finish();
      return actions;
    }

    private void finish() {
      if (header.isEmpty()) {
        return;
      }
      if (actions.size() == MAX_ACTIONS) {
        throw GitalyFailure.invalid("more than " + MAX_ACTIONS + " actions; push them with git");
      }
      actions.add(
          new FileAction(
              header.get(), header.get().getBase64Content() ? decoded(content) : content));
      header = Optional.empty();
      content = ByteString.EMPTY;
    }

    private static ByteString decoded(ByteString base64) {
      try {
        return ByteString.copyFrom(Base64.getMimeDecoder().decode(base64.toByteArray()));
      } catch (IllegalArgumentException e) {
        throw new GitalyFailure(Kind.INVALID_ARGUMENT, "the content of a file is not base64", e);
      }
    }
  }
}
