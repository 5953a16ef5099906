package io.mooring.protocol.automata;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import io.mooring.wire.grpctool.automata.AutomataProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The order declared by one message type.
 *
 * @param allowed the numbers that may follow a number
 */
record Transitions(OneofDescriptor oneof, Map<Integer, List<Integer>> allowed) {

  /** Before the first message, as the original prints it. */
  static final int START = -2;

  /** The end of the stream, as the options and the original write it. */
  static final int END = -1;

  /** One entry a streamed type of the program, hence bounded. */
  private static final Map<Descriptor, Transitions> TRANSITIONS = new ConcurrentHashMap<>();

  Transitions {
    allowed = Map.copyOf(allowed);
  }

  static Transitions of(Descriptor type) {
    return TRANSITIONS.computeIfAbsent(type, Transitions::read);
  }

  /** Nothing follows the end. */
  List<Integer> allowedAfter(int state) {
    return allowed.getOrDefault(state, List.of());
  }

  private static Transitions read(Descriptor type) {
    for (OneofDescriptor oneof : type.getRealOneofs()) {
      List<Integer> first = oneof.getOptions().getExtension(AutomataProto.firstAllowedField);
      if (!first.isEmpty()) {
        var allowed = new HashMap<Integer, List<Integer>>();
        allowed.put(START, List.copyOf(first));
        for (FieldDescriptor member : oneof.getFields()) {
          allowed.put(
              member.getNumber(),
              List.copyOf(member.getOptions().getExtension(AutomataProto.nextAllowedField)));
        }
        return new Transitions(oneof, allowed);
      }
    }
    throw new IllegalArgumentException(
        type.getFullName() + " declares no order (expected: a oneof with first_allowed_field)");
  }
}
