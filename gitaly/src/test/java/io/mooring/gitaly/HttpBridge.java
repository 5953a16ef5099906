package io.mooring.gitaly;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Channel;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;

/**
 * The part that a GitLab plays for git: HTTP on one side, the RPCs on the other. Lets everybody in
 * as user 7.
 */
final class HttpBridge implements AutoCloseable {
  private static final int PIECE = 64 * 1024;

  private final SmartHTTPServiceGrpc.SmartHTTPServiceBlockingV2Stub gitaly;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer http;

  private HttpBridge(Channel channel) throws IOException {
    gitaly = SmartHTTPServiceGrpc.newBlockingV2Stub(channel);
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    http.setExecutor(workers);
    http.createContext("/", this::handle);
  }

  static HttpBridge start(Channel channel) throws IOException {
    var bridge = new HttpBridge(channel);
    bridge.http.start();
    return bridge;
  }

  /** What to give to git. */
  String url(String relativePath) {
    return "http://127.0.0.1:" + http.getAddress().getPort() + "/" + relativePath;
  }

  @Override
  public void close() {
    http.stop(0);
    workers.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(1);
      String protocol =
          String.valueOf(exchange.getRequestHeaders().getFirst("Git-Protocol")).replace("null", "");
      if (path.endsWith("/info/refs")) {
        advertise(exchange, path.replace("/info/refs", ""), protocol);
      } else if (path.endsWith("/git-upload-pack")) {
        upload(exchange, path.replace("/git-upload-pack", ""), protocol);
      } else {
        receive(exchange, path.replace("/git-receive-pack", ""), protocol);
      }
    } catch (StatusException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void advertise(HttpExchange exchange, String path, String protocol)
      throws IOException, StatusException, InterruptedException {
    String service = exchange.getRequestURI().getQuery().replace("service=", "");
    InfoRefsRequest request =
        InfoRefsRequest.newBuilder()
            .setRepository(TestGitaly.named(path))
            .setGitProtocol(protocol)
            .build();
    exchange
        .getResponseHeaders()
        .set("Content-Type", "application/x-" + service + "-advertisement");
    exchange.sendResponseHeaders(200, 0);
    BlockingClientCall<?, InfoRefsResponse> answers =
        service.equals("git-upload-pack")
            ? gitaly.infoRefsUploadPack(request)
            : gitaly.infoRefsReceivePack(request);
    try (OutputStream out = exchange.getResponseBody()) {
      while (answers.hasNext()) {
        answers.read().getData().writeTo(out);
      }
    }
  }

  private void upload(HttpExchange exchange, String path, String protocol)
      throws IOException, StatusException, InterruptedException {
    BlockingClientCall<PostUploadPackRequest, PostUploadPackResponse> call =
        gitaly.postUploadPack();
    call.write(
        PostUploadPackRequest.newBuilder()
            .setRepository(TestGitaly.named(path))
            .setGitProtocol(protocol)
            .build());
    pipe(
        exchange,
        "upload-pack",
        call,
        data -> PostUploadPackRequest.newBuilder().setData(data).build(),
        PostUploadPackResponse::getData);
  }

  private void receive(HttpExchange exchange, String path, String protocol)
      throws IOException, StatusException, InterruptedException {
    BlockingClientCall<PostReceivePackRequest, PostReceivePackResponse> call =
        gitaly.postReceivePack();
    call.write(
        PostReceivePackRequest.newBuilder()
            .setRepository(TestGitaly.named(path))
            .setGitProtocol(protocol)
            .setGlId("user-7")
            .setGlUsername("ann")
            .setGlRepository("project-1")
            .build());
    pipe(
        exchange,
        "receive-pack",
        call,
        data -> PostReceivePackRequest.newBuilder().setData(data).build(),
        PostReceivePackResponse::getData);
  }

  private <Q, T> void pipe(
      HttpExchange exchange,
      String service,
      BlockingClientCall<Q, T> call,
      Function<ByteString, Q> request,
      Function<T, ByteString> data)
      throws IOException, StatusException, InterruptedException {
    InputStream body = exchange.getRequestBody();
    InputStream in =
        "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))
            ? new GZIPInputStream(body)
            : body;
    var sending =
        workers.submit(() -> {
          byte[] piece = new byte[PIECE];
          for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            call.write(request.apply(ByteString.copyFrom(piece, 0, read)));
          }
          call.halfClose();
          return true;
        });
    exchange.getResponseHeaders().set("Content-Type", "application/x-git-" + service + "-result");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      while (call.hasNext()) {
        data.apply(call.read()).writeTo(out);
      }
    } finally {
      sending.cancel(true);
      call.cancel("the client of HTTP is done", null);
    }
  }
}
