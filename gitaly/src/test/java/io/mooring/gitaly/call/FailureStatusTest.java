package io.mooring.gitaly.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.failure.GitalyFailure.Kind;
import io.mooring.wire.gitaly.LimitError;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Objects;
import org.eclipse.jgit.errors.LargeObjectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each failure becomes on the wire. */
class FailureStatusTest {
  @ParameterizedTest
  @EnumSource(Kind.class)
  void givesEachKindTheCodeOfItsName(Kind kind) {
    StatusException status = FailureStatus.of(new GitalyFailure(kind, "text"));

    assertThat(status.getStatus().getCode().name()).isEqualTo(kind.name());
    assertThat(status.getStatus().getDescription()).isEqualTo("text");
  }

  @Test
  void carriesTheDetail() throws Exception {
    var detail = LimitError.newBuilder().setErrorMessage("full").build();

    StatusException status =
        FailureStatus.of(new GitalyFailure(Kind.RESOURCE_EXHAUSTED, "text").withDetail(detail));

    var carried = Objects.requireNonNull(StatusProto.fromThrowable(status));
    assertThat(carried.getMessage()).isEqualTo("text");
    assertThat(carried.getDetails(0).getTypeUrl())
        .isEqualTo("type.googleapis.com/gitaly.LimitError");
    assertThat(carried.getDetails(0).unpack(LimitError.class)).isEqualTo(detail);
  }

  @Test
  void keepsTheInnermostCode() {
    var inner = GitalyFailure.notFound("gone");

    assertThat(FailureStatus.of(new IOException(inner)).getStatus().getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
    assertThat(FailureStatus.of(Status.ABORTED.asRuntimeException()).getStatus().getCode())
        .isEqualTo(Status.Code.ABORTED);
  }

  @Test
  void showsNoPathOfTheServer() {
    StatusException status = FailureStatus.of(new FileNotFoundException("/srv/secret/place"));

    assertThat(status.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(status.getStatus().getDescription())
        .isEqualTo("reading or writing the repository failed: FileNotFoundException");
    assertThat(FailureStatus.of(new IllegalStateException("/srv")).getStatus().getDescription())
        .isEqualTo("unexpected failure: IllegalStateException");
  }

  @Test
  void saysThatAnObjectIsTooLarge() {
    assertThat(FailureStatus.of(new LargeObjectException()).getStatus().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(FailureStatus.of(new OutOfMemoryError()).getStatus().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }
}
