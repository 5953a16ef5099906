package io.mooring.gitaly.commit;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.ByteString;
import io.mooring.gitaly.object.TreeItem;
import io.mooring.wire.gitaly.GetTreeEntriesRequest;
import io.mooring.wire.gitaly.PaginationParameter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of a listing a caller wants: those after a token, up to a limit. The token is
 * base64 of {@code {"file_name":"<path>"}}; old callers send the object id of the entry instead
 * (gitlab-side.md 8.6). One page is walked once, by one thread.
 */
final class TreeEntriesPage {
  private final String token;
  private final ByteString after;
  private final long limit;
  private boolean begun;
  private long taken;
  private @Nullable TreeItem last;
  private boolean more;

  TreeEntriesPage(GetTreeEntriesRequest request) {
    PaginationParameter page = request.getPaginationParams();
    token = page.getPageToken();
    after = fileName(token);
    limit =
        !request.hasPaginationParams() || page.getLimit() < 0 ? Long.MAX_VALUE : page.getLimit();
    begun = token.isEmpty();
  }

  /** Whether the page holds anything at all. */
  boolean isEmpty() {
    return limit == 0;
  }

  /** Whether the token named an entry, or there was none. */
  boolean hasBegun() {
    return begun;
  }

  /** What the caller sent, for the error about it. */
  String token() {
    return token;
  }

  /** What to do with an entry. */
  enum Step {
    /** It lies before the page. */
    SKIP,
    /** It belongs to the page. */
    TAKE,
    /** The page is full. */
    STOP
  }

  Step step(TreeItem item) {
    if (!begun) {
      begun = after.isEmpty() ? item.id().name().equals(token) : item.path().equals(after);
      return Step.SKIP;
    }
    if (taken == limit) {
      more = true;
      return Step.STOP;
    }
    taken++;
    last = item;
    return Step.TAKE;
  }

  /**
   * Token of the page after this one; empty after the last. To be called when the page was walked.
   */
  String next() {
    if (!more || last == null) {
      return "";
    }
    if (!last.path().isValidUtf8()) {
      return last.id().name();
    }
    var token = new JsonObject();
    token.addProperty("file_name", last.path().toStringUtf8());
    return Base64.getEncoder().encodeToString(token.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static ByteString fileName(String token) {
    try {
      String text = new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8);
      JsonElement element = text.startsWith("{") ? JsonParser.parseString(text) : new JsonObject();
      if (element instanceof JsonObject object
          && object.get("file_name") instanceof JsonPrimitive name) {
        return ByteString.copyFromUtf8(name.getAsString());
      }
      return ByteString.EMPTY;
    } catch (IllegalArgumentException | JsonParseException e) {
      return ByteString.EMPTY;
    }
  }
}
