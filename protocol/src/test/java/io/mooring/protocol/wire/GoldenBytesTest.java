package io.mooring.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.mooring.wire.agentcfg.ManifestProjectCF;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.kas.GatewayKasResponse;
import io.mooring.wire.kas.StartStreaming;
import io.mooring.wire.reversetunnel.rpc.CloseSend;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A line of golden.txt is "NAME HEX" or, for the further members of a oneof, "NAME#MEMBER HEX". */
@Tag("wire-27")
class GoldenBytesTest {

  private static final SchemaTable TABLE = SchemaTable.read();

  private static final Map<String, String> GOLDEN =
      SchemaTable.lines("golden.txt").stream()
          .map(line -> line.split(" ", 2))
          .collect(Collectors.toMap(words -> words[0], words -> words.length > 1 ? words[1] : ""));

  @Test
  void everySampleHasGoldenBytesThatFollowFromTheTable() {
    var encoded = new LinkedHashMap<String, String>();
    var encoder = new SampleBytes(TABLE);
    samples()
        .forEach(sample -> encoded.put(sample, hex(encoder.encode(type(sample), member(sample)))));

    assertThat(GOLDEN).containsExactlyInAnyOrderEntriesOf(encoded);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void generatedClassWritesAndReadsTheGoldenBytes(String sample)
      throws InvalidProtocolBufferException {
    Descriptor type = WireTypes.message(type(sample));
    String golden = Objects.requireNonNull(GOLDEN.get(sample), sample);

    Message message = SampleMessages.of(type, member(sample));
    Message read =
        WireTypes.prototype(type).getParserForType().parseFrom(HexFormat.of().parseHex(golden));

    assertThat(hex(message.toByteArray())).isEqualTo(golden);
    assertThat(read).isEqualTo(message);
    assertThat(read.getUnknownFields().asMap()).isEmpty();
  }

  @Test
  void emptyMessagesAreWrittenAsLengthZero() {
    var noTunnel = GatewayKasResponse.NoTunnel.getDefaultInstance();
    var ready = GatewayKasResponse.TunnelReady.getDefaultInstance();

    assertThat(hex(GatewayKasResponse.newBuilder().setNoTunnel(noTunnel).build().toByteArray()))
        .isEqualTo("3200");
    assertThat(hex(GatewayKasResponse.newBuilder().setTunnelReady(ready).build().toByteArray()))
        .isEqualTo("0a00");
    assertThat(
            hex(
                ConnectResponse.newBuilder()
                    .setCloseSend(CloseSend.getDefaultInstance())
                    .build()
                    .toByteArray()))
        .isEqualTo("1a00");
    assertThat(StartStreaming.getDefaultInstance().toByteArray()).isEmpty();
  }

  @Test
  void presenceIsWrittenWhereItMatters() {
    assertThat(hex(ManifestProjectCF.newBuilder().setPrune(false).build().toByteArray()))
        .isEqualTo("4000");
    assertThat(hex(HttpRequest.Header.newBuilder().setContentLength(0).build().toByteArray()))
        .isEqualTo("1800");
    assertThat(hex(HttpRequest.Header.newBuilder().setContentLength(-1).build().toByteArray()))
        .isEqualTo("18ffffffffffffffffff01");
  }

  private static Stream<String> samples() {
    return WireTypes.MESSAGES.stream().flatMap(GoldenBytesTest::samplesOf).sorted();
  }

  private static Stream<String> samplesOf(Descriptor type) {
    return Stream.concat(
        Stream.of(type.getFullName()),
        type.getRealOneofs().stream()
            .flatMap(oneof -> oneof.getFields().stream().skip(1))
            .map(field -> type.getFullName() + "#" + field.getName()));
  }

  private static String type(String sample) {
    return sample.split("#", 2)[0];
  }

  private static Optional<String> member(String sample) {
    return sample.contains("#") ? Optional.of(sample.split("#", 2)[1]) : Optional.empty();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
