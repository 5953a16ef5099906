package io.mooring.gitaly.reference;

import com.google.protobuf.ByteString;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.wire.gitaly.InvalidRefFormatError;
import io.mooring.wire.gitaly.UpdateReferencesError;
import io.mooring.wire.gitaly.UpdateReferencesRequest.Update;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceiveCommand;

/** Changes of references that are made together or not at all. Used by one thread. */
final class ReferenceTransaction {
  /** A request of this size is no work of people; each change costs about 300 bytes here. */
  static final int MAX_CHANGES = 100_000;

  private final References references;
  private final List<ReceiveCommand> commands = new ArrayList<>();

  ReferenceTransaction(Repository repository) {
    references = new References(repository);
  }

  void add(List<Update> updates) throws IOException {
    if (commands.size() + updates.size() > MAX_CHANGES) {
      throw GitalyFailure.invalid("more than " + MAX_CHANGES + " updates");
    }
    for (Update update : updates) {
      String name = update.getReference().toStringUtf8();
      if (!name.startsWith("refs/") || !Repository.isValidRefName(name)) {
        var detail = InvalidRefFormatError.newBuilder().addRefs(update.getReference()).build();
        throw GitalyFailure.invalid("invalid reference format: \"" + name + "\"")
            .withDetail(UpdateReferencesError.newBuilder().setInvalidFormat(detail).build());
      }
      Optional<ObjectId> expected =
          update.getOldObjectId().isEmpty()
              ? Optional.empty()
              : Optional.of(id(update.getOldObjectId()));
      commands.add(references.command(name, expected, id(update.getNewObjectId())));
    }
  }

  void commit() throws IOException {
    if (commands.isEmpty()) {
      throw GitalyFailure.invalid("no updates specified");
    }
    references.change(commands);
  }

  private static ObjectId id(ByteString hex) {
    String text = hex.toStringUtf8();
    if (!ObjectId.isId(text)) {
      throw GitalyFailure.invalid(
          "validating object ID: \"" + text + "\" (expected: 40 hex digits)");
    }
    return ObjectId.fromString(text);
  }
}
