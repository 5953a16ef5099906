package io.mooring.kas.git;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds one ref in the advertisement that {@code git upload-pack --advertise-refs} gives over smart
 * HTTP, protocol v0 (gitlab-api.md 6.2), reading no further than needed.
 *
 * <p>{@code HEAD} falls back to the branch main, then to master. Owned by one thread.
 */
final class RefAdvertisement {
  private static final byte[] SERVICE = "# service=git-upload-pack\n".getBytes(UTF_8);
  private static final String HEAD = "HEAD";
  private static final byte[] MAIN = "refs/heads/main".getBytes(UTF_8);
  private static final byte[] MASTER = "refs/heads/master".getBytes(UTF_8);

  private enum Expect {
    SERVICE,
    SERVICE_FLUSH,
    FIRST_REF,
    REF,
    END
  }

  private final PktLines lines =
      new PktLines(
          new PktLines.Sink() {
            @Override
            public boolean packet(byte[] payload, int length)
                throws MalformedAdvertisementException {
              return line(payload, length);
            }

            @Override
            public boolean flush() throws MalformedAdvertisementException {
              return flushed();
            }
          });
  private final byte[] wanted;
  private final boolean head;
  private Expect expect = Expect.SERVICE;
  private @Nullable String main;
  private @Nullable String master;
  private @Nullable RefTip tip;

  /**
   * Looks for a ref.
   *
   * @param ref {@code HEAD} or a full name such as {@code refs/heads/main}
   */
  RefAdvertisement(String ref) {
    wanted = ref.getBytes(UTF_8);
    head = ref.equals(HEAD);
  }

  /**
   * Takes the next bytes.
   *
   * @return whether more are needed; when not, {@link #tip()} has the answer
   */
  boolean feed(byte[] bytes) throws MalformedAdvertisementException {
    return lines.feed(bytes);
  }

  /** The answer. Call it when {@link #feed} needs no more or the stream ended. */
  RefTip tip() throws MalformedAdvertisementException {
    if (tip == null || (!(tip instanceof RefTip.Found) && !lines.atBorder())) {
      throw new MalformedAdvertisementException(
          lines.offset(), "the end", "the rest of the advertisement");
    }
    return tip;
  }

  private boolean line(byte[] line, int length) throws MalformedAdvertisementException {
    switch (expect) {
      case SERVICE -> {
        if (!Arrays.equals(line, 0, length, SERVICE, 0, SERVICE.length)) {
          throw malformed("another first line", "# service=git-upload-pack");
        }
        expect = Expect.SERVICE_FLUSH;
      }
      case SERVICE_FLUSH -> throw malformed("a line", "a flush after the service line");
      case FIRST_REF -> {
        int end = indexOf(line, length, (byte) 0);
        if (end < 0) {
          throw malformed("a first ref without capabilities", "<id> <ref> NUL <capabilities>");
        }
        expect = Expect.REF;
        return ref(line, end);
      }
      case REF -> {
        return ref(line, length > 0 && line[length - 1] == '\n' ? length - 1 : length);
      }
      case END -> throw malformed("a line", "nothing after the last flush");
    }
    return true;
  }

  private boolean flushed() throws MalformedAdvertisementException {
    switch (expect) {
      case SERVICE_FLUSH -> expect = Expect.FIRST_REF;
      case FIRST_REF -> {
        tip = new RefTip.EmptyRepository();
        expect = Expect.END;
      }
      case REF -> {
        tip = fallback();
        expect = Expect.END;
      }
      case SERVICE, END ->
          throw malformed("a flush", expect == Expect.END ? "the end" : "the service line");
    }
    return true;
  }

  private boolean ref(byte[] line, int end) throws MalformedAdvertisementException {
    int space = indexOf(line, end, (byte) ' ');
    if (!isObjectId(line, space) || space + 1 >= end) {
      throw malformed("no ref line", "<object id> <ref>");
    }
    if (names(line, space + 1, end, wanted)) {
      tip = new RefTip.Found(objectId(line, space));
      return false;
    }
    if (head && names(line, space + 1, end, MAIN)) {
      main = objectId(line, space);
    } else if (head && names(line, space + 1, end, MASTER)) {
      master = objectId(line, space);
    }
    return true;
  }

  private RefTip fallback() {
    if (main != null) {
      return new RefTip.Found(main);
    }
    return master != null ? new RefTip.Found(master) : new RefTip.Missing();
  }

  private MalformedAdvertisementException malformed(String found, String expected) {
    return new MalformedAdvertisementException(lines.offset(), found, expected);
  }

  private static boolean names(byte[] line, int from, int to, byte[] ref) {
    return Arrays.equals(line, from, to, ref, 0, ref.length);
  }

  private static String objectId(byte[] line, int length) {
    return new String(line, 0, length, StandardCharsets.US_ASCII);
  }

  private static boolean isObjectId(byte[] line, int length) {
    if (length != 40 && length != 64) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      byte digit = line[i];
      if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
        return false;
      }
    }
    return true;
  }

  private static int indexOf(byte[] line, int length, byte wanted) {
    for (int i = 0; i < length; i++) {
      if (line[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
