package io.mooring.gitlab.githttp;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.gitaly.GitalyStorages;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.project.Project;
import io.mooring.wire.gitaly.InfoRefsRequest;
import io.mooring.wire.gitaly.InfoRefsResponse;
import io.mooring.wire.gitaly.PostReceivePackRequest;
import io.mooring.wire.gitaly.PostReceivePackResponse;
import io.mooring.wire.gitaly.PostUploadPackRequest;
import io.mooring.wire.gitaly.PostUploadPackResponse;
import io.mooring.wire.gitaly.SmartHTTPServiceGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** git's conversations, held with the Git server of a project. Thread-safe. */
@Component
class GitServer {
  /** Listing a hundred thousand refs takes seconds. */
  private static final long REFS_SECONDS = 60;

  private final GitalyStorages storages;

  GitServer(GitalyStorages storages) {
    this.storages = storages;
  }

  /** The refs of a repository as git wants them first. */
  Iterator<InfoRefsResponse> refs(Project project, GitService service, String protocol) {
    var stub =
        SmartHTTPServiceGrpc.newBlockingStub(storages.channel(project.storageName()))
            .withDeadlineAfter(REFS_SECONDS, TimeUnit.SECONDS);
    InfoRefsRequest request =
        InfoRefsRequest.newBuilder()
            .setRepository(project.repository().message())
            .setGitProtocol(protocol)
            .build();
    Iterator<InfoRefsResponse> responses =
        switch (service) {
          case UPLOAD_PACK -> stub.infoRefsUploadPack(request);
          case RECEIVE_PACK -> stub.infoRefsReceivePack(request);
        };
    var _ = responses.hasNext(); // A failure shows before anything is answered.
    return responses;
  }

  /** Sends what a clone or fetch asks for. */
  void uploadPack(Project project, String protocol, InputStream in, OutputStream out)
      throws IOException, StatusException, InterruptedException {
    PostUploadPackRequest first =
        PostUploadPackRequest.newBuilder()
            .setRepository(project.repository().message())
            .setGitProtocol(protocol)
            .build();
    new PackTransfer<>(
            SmartHTTPServiceGrpc.newBlockingV2Stub(storages.channel(project.storageName()))
                .postUploadPack(),
            (ByteString data) -> PostUploadPackRequest.newBuilder().setData(data).build(),
            PostUploadPackResponse::getData)
        .run(first, in, out);
  }

  /** Takes in a push of a user. */
  void receivePack(Project project, User user, String protocol, InputStream in, OutputStream out)
      throws IOException, StatusException, InterruptedException {
    PostReceivePackRequest first =
        PostReceivePackRequest.newBuilder()
            .setRepository(project.repository().message())
            .setGlId("user-" + user.id())
            .setGlUsername(user.username())
            .setGlRepository(project.repository().glRepository())
            .setGitProtocol(protocol)
            .build();
    new PackTransfer<>(
            SmartHTTPServiceGrpc.newBlockingV2Stub(storages.channel(project.storageName()))
                .postReceivePack(),
            (ByteString data) -> PostReceivePackRequest.newBuilder().setData(data).build(),
            PostReceivePackResponse::getData)
        .run(first, in, out);
  }

  /** Whether a failure means that the repository was never made. */
  static boolean lacksRepository(StatusRuntimeException e) {
    return e.getStatus().getCode() == Status.Code.NOT_FOUND;
  }
}
