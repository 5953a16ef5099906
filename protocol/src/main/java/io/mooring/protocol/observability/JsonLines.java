package io.mooring.protocol.observability;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object a line: {@code level}, {@code time}, {@code msg}, the fields of the event, {@code
 * error} (redis-observability.md 6). Those of the running piece of work (SLF4J's MDC) and of a
 * whole program ({@link LogFields}) follow its own. What looks like one of GitLab's tokens is
 * masked, as a last guard. Holds no state; any thread.
 */
public final class JsonLines extends EncoderBase<ILoggingEvent> {
  /**
   * No member is longer than this many characters: a log is read by people and shipped by the line.
   */
  static final int MAX_VALUE = 16 * 1024;

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd'T'HH:mm:ss.SSS")
          .appendOffset("+HH:MM", "Z")
          .toFormatter(Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    var line = new JsonLine();
    line.member("level", level(event));
    line.member("time", TIME.format(Instant.ofEpochMilli(event.getTimeStamp())));
    line.member("msg", event.getFormattedMessage());
    List<KeyValuePair> fields = event.getKeyValuePairs();
    if (fields != null) {
      for (KeyValuePair field : fields) {
        line.member(field.key, field.value);
      }
    }
    for (Map.Entry<String, String> field : event.getMDCPropertyMap().entrySet()) {
      line.member(field.getKey(), field.getValue());
    }
    for (Map.Entry<String, Object> field : LogFields.of(event.getLoggerName()).entrySet()) {
      line.member(field.getKey(), field.getValue());
    }
    IThrowableProxy failure = event.getThrowableProxy();
    if (failure != null) {
      line.member("error", failure(failure));
      if (event.getLevel().isGreaterOrEqual(ch.qos.logback.classic.Level.ERROR)) {
        line.member("stacktrace", ThrowableProxyUtil.asString(failure));
      }
    }
    return line.end().getBytes(StandardCharsets.UTF_8);
  }

  private static String level(ILoggingEvent event) {
    return switch (event.getLevel().toInt()) {
      case ch.qos.logback.classic.Level.ERROR_INT -> "error";
      case ch.qos.logback.classic.Level.WARN_INT -> "warn";
      case ch.qos.logback.classic.Level.INFO_INT -> "info";
      default -> "debug";
    };
  }

  /** Messages of a failure and of what caused it, outermost first. */
  private static String failure(IThrowableProxy failure) {
    var text = new StringBuilder();
    @Nullable IThrowableProxy cause = failure;
    for (int depth = 0; cause != null && depth < 10; depth++) {
      String message = cause.getMessage() == null ? cause.getClassName() : cause.getMessage();
      if (text.indexOf(message) < 0) {
        text.append(text.isEmpty() ? "" : ": ").append(message);
      }
      cause = cause.getCause();
    }
    return text.toString();
  }
}
