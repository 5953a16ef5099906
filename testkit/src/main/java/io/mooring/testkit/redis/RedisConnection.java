package io.mooring.testkit.redis;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One question to a Redis and its answer, in RESP2, without a client library. */
final class RedisConnection {
  private RedisConnection() {}

  static boolean answers(Path socket) {
    try {
      // A server with a password answers too, though it refuses.
      return ask(socket, "PING").length() > 0;
    } catch (IOException e) {
      return e instanceof RefusedException;
    }
  }

  static String ask(Path socket, String... words) throws IOException {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      ByteBuffer question = ByteBuffer.wrap(encode(words));
      while (question.hasRemaining()) {
        channel.write(question);
      }
      return read(new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel))));
    }
  }

  private static byte[] encode(String... words) {
    var text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      int length = word.getBytes(StandardCharsets.UTF_8).length;
      text.append('$').append(length).append("\r\n").append(word).append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String read(DataInputStream in) throws IOException {
    String line = line(in);
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case '+', ':' -> rest;
      case '$' -> bulk(in, Integer.parseInt(rest));
      case '*' -> array(in, Integer.parseInt(rest));
      default -> throw new RefusedException(rest);
    };
  }

  private static String bulk(DataInputStream in, int length) throws IOException {
    if (length < 0) {
      return "";
    }
    var bytes = in.readNBytes(length);
    line(in);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String array(DataInputStream in, int length) throws IOException {
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      elements.add(read(in));
    }
    return String.join("\n", elements);
  }

  private static String line(DataInputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("connection closed after '" + line + "'");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** The server answered with an error. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }
}
