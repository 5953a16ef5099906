package io.mooring.agentk.gitops;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.mooring.apply.Batch;
import io.mooring.apply.manifest.Source;
import io.mooring.protocol.automata.MessageOrder;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts the messages of one stream together: header, pieces of files, trailer (wire.md 6.13). A
 * stream that does not end properly gives no batch. One thread.
 */
final class BatchAssembler {
  /** Three times what kas sends by default, and still less than the heap the agent starts with. */
  static final long MAX_BYTES = 60L * 1024 * 1024;

  private final MessageOrder order = MessageOrder.of(ObjectsToSynchronizeResponse.getDescriptor());
  private final List<Source> sources = new ArrayList<>();
  private ObjectsToSynchronizeResponse.Header header =
      ObjectsToSynchronizeResponse.Header.getDefaultInstance();
  private String path = "";
  private ByteString content = ByteString.EMPTY;
  private long bytes;
  private boolean started;

  /**
   * Takes the next message.
   *
   * @throws io.grpc.StatusRuntimeException when it may not come now, or is too much
   */
  void add(ObjectsToSynchronizeResponse message) {
    order.next(message);
    switch (message.getMessageCase()) {
      case HEADER -> {
        header = message.getHeader();
        started = true;
      }
      case OBJECT -> piece(message.getObject().getSource(), message.getObject().getData());
      case TRAILER -> endFile();
      case MESSAGE_NOT_SET -> {
        // Refused by the order already.
      }
    }
  }

  /**
   * Takes the end of the stream.
   *
   * @return empty when the stream was empty
   * @throws io.grpc.StatusRuntimeException when something is missing
   */
  Optional<Batch> end() {
    order.end();
    return started
        ? Optional.of(new Batch(header.getCommitId(), header.getProjectId(), sources))
        : Optional.empty();
  }

  private void piece(String source, ByteString data) {
    if (!source.equals(path)) {
      endFile();
      path = source;
    }
    bytes += data.size();
    if (bytes > MAX_BYTES) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription(
              "the manifests have more than "
                  + MAX_BYTES
                  + " bytes (expected: fewer, narrow the globs)")
          .asRuntimeException();
    }
    content = content.concat(data);
  }

  private void endFile() {
    if (!path.isEmpty()) {
      sources.add(new Source(path, content.toByteArray()));
    }
    path = "";
    content = ByteString.EMPTY;
  }
}
