package io.mooring.protocol.automata;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Follows one direction of one stream: which member of the message's oneof may follow which is
 * declared by the options next_allowed_field and first_allowed_field (wire.md 5.2). Not
 * thread-safe.
 */
public final class MessageOrder {

  private final Transitions transitions;
  private int state = Transitions.START;

  private MessageOrder(Transitions transitions) {
    this.transitions = transitions;
  }

  /**
   * At the start of a stream of messages of this type.
   *
   * @throws IllegalArgumentException where the type declares no order
   */
  public static MessageOrder of(Descriptor type) {
    return new MessageOrder(Transitions.of(type));
  }

  /**
   * Takes the next message of the stream.
   *
   * @throws StatusRuntimeException INVALID_ARGUMENT where it may not come now; the stream is then
   *     of no use any more
   */
  public void next(Message message) {
    FieldDescriptor member = message.getOneofFieldDescriptor(transitions.oneof());
    if (member == null) {
      throw invalid("no fields in the oneof group " + transitions.oneof().getName() + " is set");
    }
    move(member.getNumber());
  }

  /**
   * The same for who knows the member already. hot: without reflection; benchmark B1.
   *
   * @param member its field number; 0 when none is set
   */
  public void next(int member) {
    if (member == 0) {
      throw invalid("no fields in the oneof group " + transitions.oneof().getName() + " is set");
    }
    move(member);
  }

  /**
   * Takes the end of the stream.
   *
   * @throws StatusRuntimeException INVALID_ARGUMENT where it may not end now
   */
  public void end() {
    move(Transitions.END);
  }

  private void move(int next) {
    var allowed = transitions.allowedAfter(state);
    if (!allowed.contains(next)) {
      throw invalid(
          "transition from %d to %d is not allowed. Allowed: [%s]"
              .formatted(
                  state, next, String.join(" ", allowed.stream().map(String::valueOf).toList())));
    }
    state = next;
  }

  private static StatusRuntimeException invalid(String text) {
    return Status.INVALID_ARGUMENT.withDescription(text).asRuntimeException();
  }
}
