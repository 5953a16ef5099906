package io.mooring.gitaly.smarthttp;

import io.grpc.stub.StreamObserver;
import io.mooring.gitaly.call.Calls;
import io.mooring.gitaly.call.Requests;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.hooks.PushHooks;
import io.mooring.gitaly.repository.Housekeeping;
import io.mooring.gitaly.storage.Location;
import io.mooring.gitaly.storage.Repositories;
import io.mooring.gitaly.storage.RepositoryAddress;
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
import org.eclipse.jgit.errors.PackProtocolException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ServiceMayNotContinueException;
import org.eclipse.jgit.transport.UploadPack;

/** SmartHTTPService: fetching and pushing with git (gitlab-side.md 8.4, 8.8). */
public final class SmartHttpCalls extends SmartHTTPServiceGrpc.SmartHTTPServiceImplBase {
  private final Calls calls;
  private final Repositories repositories;
  private final Housekeeping housekeeping;
  private final Transfers transfers;
  private final PushHooks hooks;
  private final long maxObject;

  /**
   * Serves these repositories.
   *
   * @param maxObject a push with a larger object is refused; bytes
   */
  public SmartHttpCalls(
      Calls calls,
      Repositories repositories,
      Housekeeping housekeeping,
      Transfers transfers,
      PushHooks hooks,
      long maxObject) {
    this.calls = calls;
    this.repositories = repositories;
    this.housekeeping = housekeeping;
    this.transfers = transfers;
    this.hooks = hooks;
    this.maxObject = maxObject;
  }

  @Override
  public void infoRefsUploadPack(
      InfoRefsRequest request, StreamObserver<InfoRefsResponse> observer) {
    calls.streaming(
        observer,
        responses -> {
          try (Repository repository = repositories.open(request.getRepository());
              var out =
                  new ResponseBytes<>(
                      responses, data -> InfoRefsResponse.newBuilder().setData(data).build())) {
            Advertisement.uploadPack(repository, request, out);
          }
        });
  }

  @Override
  public void infoRefsReceivePack(
      InfoRefsRequest request, StreamObserver<InfoRefsResponse> observer) {
    calls.streaming(
        observer,
        responses -> {
          try (Repository repository = repositories.open(request.getRepository());
              var out =
                  new ResponseBytes<>(
                      responses, data -> InfoRefsResponse.newBuilder().setData(data).build())) {
            Advertisement.receivePack(
                repository, request, receive -> PostReceivePackCall.setUp(receive, maxObject), out);
          }
        });
  }

  @Override
  public StreamObserver<PostUploadPackRequest> postUploadPack(
      StreamObserver<PostUploadPackResponse> observer) {
    return calls.<PostUploadPackRequest, PostUploadPackResponse>bidirectional(
        observer,
        (requests, responses) -> {
          PostUploadPackRequest first = first(requests);
          try (Repository repository = repositories.open(first.getRepository())) {
            if (!first.getData().isEmpty()) {
              throw GitalyFailure.invalid("non-empty Data");
            }
            try (Transfers.Place _ = transfers.enter();
                var in = new RequestBytes<>(requests, PostUploadPackRequest::getData);
                var out =
                    new ResponseBytes<>(
                        responses,
                        data -> PostUploadPackResponse.newBuilder().setData(data).build())) {
              upload(repository, first.getGitProtocol(), in, out);
            }
          }
        });
  }

  @Override
  public StreamObserver<PostReceivePackRequest> postReceivePack(
      StreamObserver<PostReceivePackResponse> observer) {
    return calls.<PostReceivePackRequest, PostReceivePackResponse>bidirectional(
        observer,
        (requests, responses) -> {
          PostReceivePackRequest first = first(requests);
          Location location =
              repositories.storages().existing(RepositoryAddress.of(first.getRepository()));
          PostReceivePackCall.check(first);
          try (Transfers.Place _ = transfers.enter();
              var in = new RequestBytes<>(requests, PostReceivePackRequest::getData);
              var out =
                  new ResponseBytes<>(
                      responses,
                      data -> PostReceivePackResponse.newBuilder().setData(data).build())) {
            new PostReceivePackCall(location, first, hooks, maxObject).run(in, out);
          } finally {
            housekeeping.changed(location);
          }
        });
  }

  private static void upload(
      Repository repository, String gitProtocol, InputStream in, OutputStream out)
      throws IOException {
    try (var upload = new UploadPack(repository)) {
      UploadPackSetup.apply(upload, repository, gitProtocol);
      upload.uploadWithExceptionPropagation(in, out, OutputStream.nullOutputStream());
    } catch (PackProtocolException | ServiceMayNotContinueException e) {
      // A request that git would not serve either: the person reads the reason in git's own answer.
      out.write(PacketLines.line("ERR upload-pack: " + e.getMessage()));
    }
    out.flush();
  }

  private static <Q> Q first(Requests<Q> requests) {
    return requests.take().orElseThrow(() -> GitalyFailure.invalid("repository not set"));
  }
}
