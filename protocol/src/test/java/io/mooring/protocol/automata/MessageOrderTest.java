package io.mooring.protocol.automata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeResponse;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.grpctool.HttpResponse;
import io.mooring.wire.kas.GatewayKasResponse;
import io.mooring.wire.prototool.Values;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("wire-30")
class MessageOrderTest {

  private static final int START = -2;
  private static final int END = -1;

  private static final Map<Integer, List<Integer>> HTTP =
      Map.of(
          START,
          List.of(1),
          1,
          List.of(2, 3),
          2,
          List.of(2, 3),
          3,
          List.of(4, END),
          4,
          List.of(4, END));

  /** What may follow what, as the tables of wire.md 6 say. */
  private static final Map<Message, Map<Integer, List<Integer>>> TABLES =
      Map.of(
          HttpRequest.getDefaultInstance(),
          HTTP,
          HttpResponse.getDefaultInstance(),
          HTTP,
          ObjectsToSynchronizeResponse.getDefaultInstance(),
          Map.of(START, List.of(1, END), 1, List.of(2, 3), 2, List.of(2, 3), 3, List.of(END)),
          ConnectRequest.getDefaultInstance(),
          Map.of(
              START,
              List.of(1),
              1,
              List.of(2, 5),
              2,
              List.of(3, 4),
              3,
              List.of(3, 4),
              4,
              List.of(5, END),
              5,
              List.of(END)),
          ConnectResponse.getDefaultInstance(),
          Map.of(
              START,
              List.of(1, END),
              1,
              List.of(2, 3, END),
              2,
              List.of(2, 3, END),
              3,
              List.of(END)),
          GatewayKasResponse.getDefaultInstance(),
          Map.of(
              START,
              List.of(1, 6, END),
              1,
              List.of(2),
              2,
              List.of(3, 4),
              3,
              List.of(3, 4),
              4,
              List.of(5, END),
              5,
              List.of(END),
              6,
              List.of(END, 1)));

  @ParameterizedTest
  @MethodSource("transitions")
  void movesAsTheTablesSay(Message prototype, List<Integer> path, int next, List<Integer> allowed) {
    Descriptor type = prototype.getDescriptorForType();
    var order = MessageOrder.of(type);
    path.forEach(number -> order.next(withMember(prototype, number)));

    Throwable thrown = catchThrowable(() -> move(order, prototype, next));

    if (allowed.contains(next)) {
      assertThat(thrown).isNull();
    } else {
      int from = path.isEmpty() ? START : path.getLast();
      assertThat(Status.fromThrowable(thrown).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(Status.fromThrowable(thrown).getDescription())
          .isEqualTo(
              "transition from %d to %d is not allowed. Allowed: [%s]"
                  .formatted(
                      from,
                      next,
                      String.join(" ", allowed.stream().map(String::valueOf).toList())));
    }
  }

  @Test
  void messageWithoutMemberIsRejected() {
    var order = MessageOrder.of(ConnectRequest.getDescriptor());

    assertThatThrownBy(() -> order.next(ConnectRequest.getDefaultInstance()))
        .hasMessage("INVALID_ARGUMENT: no fields in the oneof group msg is set");
  }

  @Test
  void nothingFollowsTheEnd() {
    var order = MessageOrder.of(ConnectResponse.getDescriptor());
    order.end();

    assertThatThrownBy(() -> order.next(withMember(ConnectResponse.getDefaultInstance(), 1)))
        .hasMessage("INVALID_ARGUMENT: transition from -1 to 1 is not allowed. Allowed: []");
  }

  @Test
  void typeWithoutOrderIsAMistakeOfTheCaller() {
    assertThatThrownBy(() -> MessageOrder.of(Values.getDescriptor()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "gitlab.agent.prototool.Values declares no order (expected: a oneof with first_allowed_field)");
  }

  /** Each state by a way that leads there, with each possible next step. */
  private static Stream<Arguments> transitions() {
    return TABLES.entrySet().stream()
        .flatMap(entry -> {
          Map<Integer, List<Integer>> table = entry.getValue();
          int members = table.size() - 1;
          return ways(table).stream()
              .flatMap(way ->
                  IntStream.concat(IntStream.of(END), IntStream.rangeClosed(1, members))
                      .mapToObj(next ->
                          Arguments.of(
                              entry.getKey(),
                              way,
                              next,
                              Objects.requireNonNull(
                                  table.get(way.isEmpty() ? START : way.getLast())))));
        });
  }

  private static List<List<Integer>> ways(Map<Integer, List<Integer>> table) {
    List<List<Integer>> ways = new ArrayList<>(List.of(List.of()));
    var reached = new ArrayList<Integer>();
    for (int i = 0; i < ways.size(); i++) {
      List<Integer> way = ways.get(i);
      for (int next : Objects.requireNonNull(table.get(way.isEmpty() ? START : way.getLast()))) {
        if (next != END && !reached.contains(next)) {
          reached.add(next);
          ways.add(Stream.concat(way.stream(), Stream.of(next)).toList());
        }
      }
    }
    assertThat(reached).hasSize(table.size() - 1);
    return ways;
  }

  private static void move(MessageOrder order, Message prototype, int next) {
    if (next == END) {
      order.end();
    } else {
      order.next(withMember(prototype, next));
    }
  }

  private static Message withMember(Message prototype, int number) {
    Message.Builder builder = prototype.newBuilderForType();
    var field = prototype.getDescriptorForType().findFieldByNumber(number);
    return builder.setField(field, builder.newBuilderForField(field).build()).build();
  }
}
