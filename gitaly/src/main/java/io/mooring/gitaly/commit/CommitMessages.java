package io.mooring.gitaly.commit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.mooring.wire.gitaly.CommitAuthor;
import io.mooring.wire.gitaly.CommitTrailer;
import io.mooring.wire.gitaly.GitCommit;
import io.mooring.wire.gitaly.SignatureType;
import java.util.Arrays;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.revwalk.FooterLine;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.util.RawParseUtils;

/** A commit as the protocol tells it (gitlab-side.md 8.2, GitCommit). */
public final class CommitMessages {
  /** A longer body is left out; its size is told. */
  static final int MAX_BODY = 10 * 1024;

  private CommitMessages() {}

  /** Everything but the trailers. The commit's body was parsed. */
  public static GitCommit of(RevCommit commit) {
    return builder(commit).build();
  }

  /** Everything, and the lines "Key: value" at the end of the message. */
  public static GitCommit withTrailers(RevCommit commit) {
    GitCommit.Builder message = builder(commit);
    for (FooterLine line : commit.getFooterLines()) {
      message.addTrailers(
          CommitTrailer.newBuilder()
              .setKey(ByteString.copyFromUtf8(line.getKey()))
              .setValue(ByteString.copyFromUtf8(line.getValue())));
    }
    return message.build();
  }

  private static GitCommit.Builder builder(RevCommit commit) {
    byte[] raw = commit.getRawBuffer();
    GitCommit.Builder message =
        GitCommit.newBuilder()
            .setId(commit.name())
            .setTreeId(commit.getTree().name())
            .setAuthor(author(commit.getAuthorIdent()))
            .setCommitter(author(commit.getCommitterIdent()))
            .setSignatureType(signature(commit.getRawGpgSignature()));
    for (RevCommit parent : commit.getParents()) {
      message.addParentIds(parent.name());
    }
    int encoding = RawParseUtils.encoding(raw, 0);
    if (encoding >= 0) {
      message.setEncoding(
          new String(raw, encoding, RawParseUtils.nextLF(raw, encoding) - 1 - encoding, UTF_8));
    }
    int start = RawParseUtils.commitMessage(raw, 0);
    if (start >= 0) {
      byte[] body = Arrays.copyOfRange(raw, start, raw.length);
      message.setBodySize(body.length).setSubject(subject(body));
      if (body.length <= MAX_BODY) {
        message.setBody(ByteString.copyFrom(body));
      }
    }
    return message;
  }

  /** The first paragraph in one line. */
  private static ByteString subject(byte[] body) {
    int end = Math.max(0, RawParseUtils.endOfParagraph(body, 0));
    byte[] line = Arrays.copyOf(body, end);
    int length = 0;
    for (byte b : line) {
      if (b != '\r') {
        line[length++] = b == '\n' ? (byte) ' ' : b;
      }
    }
    while (length > 0 && line[length - 1] == ' ') {
      length--;
    }
    return ByteString.copyFrom(line, 0, length);
  }

  private static CommitAuthor author(PersonIdent ident) {
    return CommitAuthor.newBuilder()
        .setName(ByteString.copyFromUtf8(ident.getName()))
        .setEmail(ByteString.copyFromUtf8(ident.getEmailAddress()))
        .setDate(Timestamp.newBuilder().setSeconds(ident.getWhenAsInstant().getEpochSecond()))
        .setTimezone(ByteString.copyFromUtf8(offset(ident)))
        .build();
  }

  private static String offset(PersonIdent ident) {
    int minutes = ident.getZoneOffset().getTotalSeconds() / 60;
    return "%s%02d%02d"
        .formatted(minutes < 0 ? "-" : "+", Math.abs(minutes) / 60, Math.abs(minutes) % 60);
  }

  private static SignatureType signature(byte @org.jspecify.annotations.Nullable [] signature) {
    if (signature == null) {
      return SignatureType.NONE;
    }
    String text = new String(signature, UTF_8);
    if (text.contains("SSH SIGNATURE")) {
      return SignatureType.SSH;
    }
    return text.contains("PGP") ? SignatureType.PGP : SignatureType.X509;
  }
}
