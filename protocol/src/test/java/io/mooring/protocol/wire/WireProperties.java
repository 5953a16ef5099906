package io.mooring.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.mooring.protocol.validation.Validator;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

@Tag("wire-27")
class WireProperties {

  @Property(tries = 3000)
  void everyMessageSurvivesTheWire(@ForAll("types") Descriptor type, @ForAll long seed)
      throws InvalidProtocolBufferException {
    Message message = new RandomMessages(new Random(seed)).next(type);

    assertThat(parse(type, message.toByteString())).isEqualTo(message);
  }

  @Property(tries = 3000)
  void randomBytesAreAMessageOrARejection(@ForAll("types") Descriptor type, @ForAll byte[] bytes) {
    readsOrRejects(type, ByteString.copyFrom(bytes));
  }

  @Property(tries = 3000)
  void damagedMessagesAreAMessageOrARejection(@ForAll("types") Descriptor type, @ForAll long seed) {
    var random = new Random(seed);
    byte[] bytes = new RandomMessages(random).next(type).toByteArray();
    for (int i = 0; i < 3 && bytes.length > 0; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }

    readsOrRejects(type, ByteString.copyFrom(bytes, 0, random.nextInt(bytes.length + 1)));
  }

  @Property(tries = 1000)
  @Tag("fault-65")
  void fieldsOfNewerProgramsSurvive(@ForAll("types") Descriptor type, @ForAll long seed)
      throws InvalidProtocolBufferException {
    var messages = new RandomMessages(new Random(seed));
    var unknown =
        UnknownFieldSet.newBuilder()
            .addField(
                1000,
                UnknownFieldSet.Field.newBuilder().addLengthDelimited(messages.bytes()).build())
            .addField(1001, UnknownFieldSet.Field.newBuilder().addVarint(seed).build())
            .build();
    Message newer = messages.next(type).toBuilder().setUnknownFields(unknown).build();

    Message passedOn = parse(type, parse(type, newer.toByteString()).toByteString());

    assertThat(passedOn).isEqualTo(newer);
    assertThat(passedOn.getUnknownFields()).isEqualTo(unknown);
  }

  @Property(tries = 200)
  @Tag("fault-65")
  void constantsOfNewerProgramsSurvive(@ForAll("fieldsOfEnums") FieldDescriptor field)
      throws InvalidProtocolBufferException {
    Descriptor type = field.getContainingType();
    Message newer =
        WireTypes.prototype(type)
            .newBuilderForType()
            .setField(field, field.getEnumType().findValueByNumberCreatingIfUnknown(777))
            .build();

    Message passedOn = parse(type, newer.toByteString());

    assertThat(passedOn).isEqualTo(newer);
    assertThat(passedOn.toByteString()).isEqualTo(newer.toByteString());
  }

  @Property(tries = 1000)
  @Tag("wire-29")
  void everyMessageIsJudged(@ForAll("types") Descriptor type, @ForAll long seed) {
    Message message = new RandomMessages(new Random(seed)).next(type);

    assertThat(Validator.violations(message))
        .allSatisfy(violation -> {
          assertThat(violation.message()).startsWith("invalid ");
          assertThat(violation.expected()).isNotEmpty();
        });
  }

  @Provide
  Arbitrary<Descriptor> types() {
    return Arbitraries.of(WireTypes.MESSAGES);
  }

  @Provide
  Arbitrary<FieldDescriptor> fieldsOfEnums() {
    return Arbitraries.of(
        WireTypes.MESSAGES.stream()
            .flatMap(type -> type.getFields().stream())
            .filter(field -> field.getJavaType() == JavaType.ENUM)
            .toList());
  }

  private static Message parse(Descriptor type, ByteString bytes)
      throws InvalidProtocolBufferException {
    return WireTypes.prototype(type).getParserForType().parseFrom(bytes);
  }

  private static void readsOrRejects(Descriptor type, ByteString bytes) {
    Message message;
    try {
      message = parse(type, bytes);
    } catch (InvalidProtocolBufferException rejection) {
      return;
    }
    assertThat(message.getDescriptorForType()).isEqualTo(type);
  }
}
