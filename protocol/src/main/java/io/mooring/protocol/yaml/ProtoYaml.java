package io.mooring.protocol.yaml;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Message;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads YAML 1.1 into a protobuf message by its descriptor, under the rules of config.md 0: names
 * are those of JSON, an unknown one is refused, types are strict, durations are {@code "300s"},
 * {@code null} is unset, only the first document counts. A key that stands twice is a warning and
 * the last wins. The validation rules of the message are judged too. Nothing but a value or {@link
 * InvalidDocumentException} comes out.
 */
public final class ProtoYaml {
  /** What GitLab's own agent accepts for its configuration file. */
  public static final int DEFAULT_MAX_BYTES = 128 * 1024;

  /** More problems than a person reads at once. */
  public static final int MAX_PROBLEMS = 100;

  /** No configuration nests a tenth as deep. */
  static final int MAX_DEPTH = 100;

  /**
   * More than fit a document of the default size without aliases, so that only aliases can exceed
   * it.
   */
  static final int MAX_NODES = 100_000;

  private ProtoYaml() {}

  /** Reads a document of at most {@link #DEFAULT_MAX_BYTES}. */
  public static <M extends Message> Parsed<M> parse(String file, byte[] content, M prototype)
      throws InvalidDocumentException {
    return parse(file, content, prototype, DEFAULT_MAX_BYTES);
  }

  /**
   * Reads a document.
   *
   * @param file name of the document in problems
   * @param content UTF-8, with or without a byte order mark
   * @param prototype default instance of the message
   * @param maxBytes a longer document is refused unread
   * @throws InvalidDocumentException with at least one problem
   */
  public static <M extends Message> Parsed<M> parse(
      String file, byte[] content, M prototype, int maxBytes) throws InvalidDocumentException {
    if (content.length > maxBytes) {
      throw refused(file, 0, 0, content.length + " bytes", "at most " + maxBytes);
    }
    var findings = new Findings(file);
    Message.Builder builder = prototype.newBuilderForType();
    compose(file, text(file, content), builder, findings);
    findings.refuseIfAny();
    Message message = builder.build();
    Rules.judge(message, findings);
    findings.refuseIfAny();
    @SuppressWarnings("unchecked") // a builder of a type builds that type
    M typed = (M) message;
    return new Parsed<>(typed, findings.warnings());
  }

  private static void compose(String file, String text, Message.Builder builder, Findings findings)
      throws InvalidDocumentException {
    var options = new LoaderOptions();
    options.setCodePointLimit(Integer.MAX_VALUE); // bounded in bytes already
    options.setMaxAliasesForCollections(Integer.MAX_VALUE); // bounded where they are followed
    options.setNestingDepthLimit(MAX_DEPTH);
    try {
      var composer = new Composer(new BoundedParser(text, options), new Resolver(), options);
      if (!composer.checkNode()) {
        return;
      }
      Node root = composer.getNode();
      new MessageDecoder(findings).root(root, builder);
      if (composer.checkNode()) {
        findings.warning(composer.getNode(), "", "a second document is not read", "one document");
      }
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      String problem = e.getProblem() == null ? "not YAML" : e.getProblem();
      throw refused(
          file,
          mark == null ? 0 : mark.getLine() + 1,
          mark == null ? 0 : mark.getColumn() + 1,
          oneLine(problem),
          "YAML");
    } catch (ReaderException e) {
      int[] position = position(text, e.getPosition());
      throw refused(
          file, position[0], position[1], "a control character, code " + e.getCodePoint(), "text");
    } catch (YAMLException e) {
      throw refused(file, 0, 0, oneLine(String.valueOf(e.getMessage())), "YAML");
    }
  }

  private static String text(String file, byte[] content) throws InvalidDocumentException {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    if (content.length >= 3
        && content[0] == (byte) 0xef
        && content[1] == (byte) 0xbb
        && content[2] == (byte) 0xbf) {
      bytes.position(3);
    }
    CharBuffer out = CharBuffer.allocate(content.length);
    CoderResult result =
        UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(bytes, out, true);
    String decoded = out.flip().toString();
    try {
      if (result.isError()) {
        result.throwException();
      }
    } catch (CharacterCodingException e) {
      int[] position = position(decoded, decoded.codePointCount(0, decoded.length()));
      throw refused(file, position[0], position[1], "bytes that are not UTF-8", "text in UTF-8");
    }
    return decoded;
  }

  /** Line and column, from 1, of the code point at this index. */
  private static int[] position(String text, int codePoints) {
    int line = 1;
    int column = 1;
    int at = 0;
    for (int i = 0; i < codePoints && at < text.length(); i++) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      column++;
      if (codePoint == '\n') {
        line++;
        column = 1;
      }
    }
    return new int[] {line, column};
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }

  private static InvalidDocumentException refused(
      String file, int line, int column, String message, String expected) {
    return new InvalidDocumentException(
        List.of(new Problem(file, line, column, "", message, expected)));
  }
}
