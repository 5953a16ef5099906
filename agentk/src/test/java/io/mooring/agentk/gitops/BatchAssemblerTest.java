package io.mooring.agentk.gitops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.mooring.agentk.kas.Manifests;
import io.mooring.apply.Batch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BatchAssemblerTest {
  private final BatchAssembler assembler = new BatchAssembler();

  @Test
  void joinsConsecutivePiecesOfAFile() {
    assembler.add(Manifests.header("abc", 7));
    piece("a.yaml", "one ");
    piece("a.yaml", "two");
    piece("empty.yaml", "");
    piece("b.yaml", "three");
    assembler.add(Manifests.trailer());

    Batch batch = assembler.end().orElseThrow();

    assertThat(batch.commitId()).isEqualTo("abc");
    assertThat(batch.projectId()).isEqualTo(7);
    assertThat(batch.sources())
        .extracting(source -> source.path() + "=" + new String(source.content(), UTF_8))
        .containsExactly("a.yaml=one two", "empty.yaml=", "b.yaml=three");
  }

  @Test
  void takesABatchWithoutFiles() {
    assembler.add(Manifests.header("abc", 7));
    assembler.add(Manifests.trailer());

    assertThat(assembler.end().orElseThrow().sources()).isEmpty();
  }

  @Test
  void takesAnEmptyStreamAsNothing() {
    assertThat(assembler.end()).isEmpty();
  }

  @Test
  @Tag("fault-59")
  void discardsABatchThatWasCutOff() {
    assembler.add(Manifests.header("abc", 7));
    piece("a.yaml", "half");

    assertThatThrownBy(assembler::end)
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("INVALID_ARGUMENT");
  }

  @Test
  @Tag("wire-30")
  void refusesMessagesInAnotherOrder() {
    assertThatThrownBy(() -> piece("a.yaml", "x"))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("transition");
    assembler.add(Manifests.header("abc", 7));
    assertThatThrownBy(() -> assembler.add(Manifests.header("def", 7)))
        .isInstanceOf(StatusRuntimeException.class);
  }

  @Test
  void refusesMoreThanItCanHold() {
    assembler.add(Manifests.header("abc", 7));
    ByteString large = ByteString.copyFrom(new byte[1 << 20]);

    assertThatThrownBy(
            () -> {
              for (long sent = 0; sent <= BatchAssembler.MAX_BYTES; sent += large.size()) {
                assembler.add(Manifests.object("a.yaml", large));
              }
            })
        .hasMessageContaining("RESOURCE_EXHAUSTED")
        .hasMessageContaining("globs");
  }

  private void piece(String path, String text) {
    assembler.add(Manifests.object(path, ByteString.copyFromUtf8(text)));
  }
}
