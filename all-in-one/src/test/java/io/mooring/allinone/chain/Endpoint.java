package io.mooring.allinone.chain;

import io.mooring.protocol.transport.ClientTls;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * A Kubernetes API, straight or through kas.
 *
 * @param url base
 * @param tls trusts it; empty without TLS
 * @param token for {@code Authorization: Bearer}
 */
record Endpoint(URI url, Optional<SSLContext> tls, String token) {
  /** Some seconds are enough on any machine; a lost answer must not hang. */
  private static final int READ_MILLIS = 60_000;

  /**
   * What was answered to a request with {@code Upgrade}.
   *
   * @param status code
   * @param headers those that tell the client which protocol it got, or what the body is
   * @param body of a refusal
   */
  record Answer(int status, Map<String, String> headers, String body) {}

  static Endpoint of(URI url, Path authority, String token) {
    return new Endpoint(
        url, Optional.of(ClientTls.with("ca", Optional.of(authority)).java()), token);
  }

  static Endpoint plain(int port) {
    return new Endpoint(URI.create("http://127.0.0.1:" + port), Optional.empty(), "none");
  }

  HttpClient client() {
    HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    tls.ifPresent(builder::sslContext);
    return builder.build();
  }

  URI webSocket(String path) {
    return URI.create(url.toString().replaceFirst("^http", "ws") + path);
  }

  /** Sends a request by hand and reads the answer, up to the switch of protocols. */
  Answer handshake(String method, String path, String... headers) throws IOException {
    try (Socket socket = connect()) {
      return ask(socket, method, path, headers);
    }
  }

  /** Switches protocols, sends bytes and reads as many. */
  byte[] exchange(String method, String path, byte[] bytes, String... headers) throws IOException {
    try (Socket socket = connect()) {
      Answer answer = ask(socket, method, path, headers);
      if (answer.status() != 101) {
        throw new IOException("no switch of protocols: " + answer);
      }
      Thread writing =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  socket.getOutputStream().write(bytes);
                } catch (IOException e) {
                  // Too few bytes come back then.
                }
              });
      byte[] back = socket.getInputStream().readNBytes(bytes.length);
      writing.interrupt();
      return back;
    }
  }

  /**
   * Begins a watch, reads its first event and leaves.
   *
   * @param properly closes the connection; otherwise it is reset
   */
  void watchOnce(String path, boolean properly) throws IOException {
    try (Socket socket = connect()) {
      if (!properly) {
        // TLS on top would still say good-bye; below it, the kernel resets.
        socket.setSoLinger(true, 0);
      }
      socket.setSoTimeout(READ_MILLIS);
      socket.getOutputStream().write(request("GET", path));
      InputStream in = socket.getInputStream();
      String line = line(in);
      while (!line.contains("ADDED")) {
        line = line(in);
      }
    }
  }

  private byte[] request(String method, String path, String... headers) {
    var request =
        new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + url.getAuthority())
            .append("\r\nAuthorization: Bearer ")
            .append(token)
            .append("\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private Answer ask(Socket socket, String method, String path, String... headers)
      throws IOException {
    socket.setSoTimeout(READ_MILLIS);
    socket.getOutputStream().write(request(method, path, headers));
    return answer(socket.getInputStream());
  }

  private Socket connect() throws IOException {
    return tls.isPresent()
        ? tls.get().getSocketFactory().createSocket(url.getHost(), url.getPort())
        : new Socket(url.getHost(), url.getPort());
  }

  private static Answer answer(InputStream in) throws IOException {
    int status = Integer.parseInt(line(in).substring(9, 12));
    Map<String, String> all = new LinkedHashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      all.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (one, other) -> one + ", " + other);
    }
    Map<String, String> telling = new LinkedHashMap<>();
    for (String name :
        new String[] {
          "content-type",
          "upgrade",
          "sec-websocket-protocol",
          "x-stream-protocol-version",
          "x-accepted-stream-protocol-versions"
        }) {
      if (all.containsKey(name)) {
        telling.put(name, all.get(name));
      }
    }
    return new Answer(status, telling, status == 101 ? "" : body(in, all));
  }

  private static String body(InputStream in, Map<String, String> headers) throws IOException {
    var body = new ByteArrayOutputStream();
    if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
      for (int size = chunk(in); size > 0; size = chunk(in)) {
        body.write(in.readNBytes(size));
        line(in);
      }
    } else if (headers.containsKey("content-length")) {
      body.write(in.readNBytes(Integer.parseInt(headers.get("content-length"))));
    } else {
      in.transferTo(body);
    }
    return body.toString(StandardCharsets.UTF_8);
  }

  private static int chunk(InputStream in) throws IOException {
    return Integer.parseInt(line(in), 16);
  }

  static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("ended in a line: " + line.toString(StandardCharsets.ISO_8859_1));
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }
}
