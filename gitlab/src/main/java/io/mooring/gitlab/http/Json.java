package io.mooring.gitlab.http;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.springframework.http.MediaType;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * JSON as GitLab writes it: names with underscores, times in UTC with three digits after the
 * second.
 */
public final class Json {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** Depth of our deepest document is under 20; deeper ones are attacks. */
  private static final int MAX_DEPTH = 100;

  /** The mapper of this program; thread-safe. */
  public static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          // Views are records; their further methods are not for callers.
          .changeDefaultVisibility(
              visibility -> visibility.withVisibility(PropertyAccessor.IS_GETTER, Visibility.NONE))
          .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
          .addModule(new SimpleModule().addSerializer(Instant.class, new InstantWriter()))
          .build();

  private Json() {}

  /** Answers a request from a filter, where no controller can. */
  public static void answer(HttpServletResponse response, ApiException error) throws IOException {
    response.setStatus(error.status().value());
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.getOutputStream().write(MAPPER.writeValueAsBytes(error.body()));
  }

  /** A time as GitLab writes it. */
  public static String time(Instant instant) {
    return TIME.format(instant);
  }

  private static final class InstantWriter extends StdSerializer<Instant> {
    InstantWriter() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator out, SerializationContext context) {
      out.writeString(time(value));
    }
  }
}
