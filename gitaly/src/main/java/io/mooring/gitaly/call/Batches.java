package io.mooring.gitaly.call;

import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Gathers the elements of a list into messages of a bearable size. Belongs to the thread that does
 * the work.
 *
 * @param <E> element
 * @param <T> message
 */
public final class Batches<E extends MessageLite, T> {
  /**
   * Messages with lists stay under 1 MiB (gitlab-side.md 8.1); this leaves room for one large
   * element.
   */
  static final int MAX_BYTES = 256 * 1024;

  private final Responses<T> responses;
  private final Function<List<E>, T> message;
  private final List<E> waiting = new ArrayList<>();
  private int bytes;

  /** Sends what the function makes of each batch. */
  public Batches(Responses<T> responses, Function<List<E>, T> message) {
    this.responses = responses;
    this.message = message;
  }

  /** Adds an element, sending a message when there is enough for one. */
  public void add(E element) {
    responses.checkCancelled();
    waiting.add(element);
    bytes += element.getSerializedSize();
    if (bytes >= MAX_BYTES) {
      flush();
    }
  }

  /** Sends what is left; nothing when there is nothing. */
  public void flush() {
    if (!waiting.isEmpty()) {
      responses.send(message.apply(List.copyOf(waiting)));
      waiting.clear();
      bytes = 0;
    }
  }
}
