package io.mooring.protocol.observability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.mooring.protocol.secret.Secret;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class JsonLinesTest {
  private final LoggerContext context = new LoggerContext();
  private final JsonLines lines = new JsonLines();

  @BeforeEach
  void asSlf4jWouldStartIt() {
    context.setMDCAdapter(new LogbackMDCAdapter());
  }

  @AfterEach
  void forgetsFields() {
    LogFields.clear("io.mooring.agentk");
  }

  @Test
  void writesOneObjectALine() {
    LoggingEvent event = event(Level.INFO, "Applied \"objects\"\n", null);
    event.addKeyValuePair(new KeyValuePair("commit_id", "abc"));
    event.addKeyValuePair(new KeyValuePair("count", 3));
    event.addKeyValuePair(new KeyValuePair("none", null));
    event.addKeyValuePair(new KeyValuePair("list", List.of("a", 1)));
    event.addKeyValuePair(new KeyValuePair("map", Map.of("k", true)));
    event.addKeyValuePair(new KeyValuePair("maybe", Optional.of(2.5)));

    JsonObject line = line(event);

    assertThat(line.get("level").getAsString()).isEqualTo("info");
    assertThat(line.get("time").getAsString())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d)");
    assertThat(line.get("msg").getAsString()).isEqualTo("Applied \"objects\"\n");
    assertThat(line.get("commit_id").getAsString()).isEqualTo("abc");
    assertThat(line.get("count").getAsInt()).isEqualTo(3);
    assertThat(line.get("none").isJsonNull()).isTrue();
    assertThat(line.get("list")).hasToString("[\"a\",1]");
    assertThat(line.get("map")).hasToString("{\"k\":true}");
    assertThat(line.get("maybe").getAsDouble()).isEqualTo(2.5);
  }

  @Test
  void joinsTheMessagesOfAFailureAndItsCauses() {
    JsonObject line =
        line(
            event(
                Level.WARN,
                "Failed",
                new IllegalStateException("cannot push", new IOException("refused"))));

    assertThat(line.get("error").getAsString()).isEqualTo("cannot push: refused");
    assertThat(line.has("stacktrace")).isFalse();
    assertThat(line(event(Level.ERROR, "Failed", new IOException("x"))).has("stacktrace")).isTrue();
  }

  @Test
  void addsTheFieldsOfTheProgramToItsLinesOnly() {
    LogFields.put("io.mooring.agentk", "agent_id", 5L);

    assertThat(line(event(Level.INFO, "a", null)).get("agent_id").getAsInt()).isEqualTo(5);
    var foreign = event(Level.INFO, "a", null);
    foreign.setLoggerName("io.mooring.agentkube");
    assertThat(line(foreign).has("agent_id")).isFalse();
  }

  @Test
  @Tag("fault-57")
  void masksWhatLooksLikeAToken() {
    LoggingEvent event =
        event(
            Level.ERROR,
            "got Bearer abcdefgh1234 from glagent-abcdefgh",
            new IOException("glpat-abcdefghijk"));
    event.addKeyValuePair(new KeyValuePair("token", Secret.of("canary")));

    String line = new String(lines.encode(event), UTF_8);

    assertThat(line).contains("Bearer ***").contains("glagent-***").contains("\"token\":\"***\"");
    assertThat(line).doesNotContain("abcdefgh").doesNotContain("canary");
  }

  @Test
  @Tag("fault-64")
  void staysOneLineOfJsonWhateverTheText() {
    String hostile =
        "\u0000\u001b[31m\r\n\"\\\u2028\ud800x\udc00" + "y".repeat(JsonLines.MAX_VALUE);

    String line = new String(lines.encode(event(Level.DEBUG, hostile, null)), UTF_8);

    assertThat(line).endsWith("}\n");
    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    assertThat(JsonParser.parseString(line).getAsJsonObject().get("msg").getAsString())
        .startsWith("\u0000")
        .endsWith("...");
  }

  private LoggingEvent event(
      Level level, String message, @org.jspecify.annotations.Nullable Throwable failure) {
    return new LoggingEvent(
        "", context.getLogger("io.mooring.agentk.gitops"), level, message, failure, null);
  }

  private JsonObject line(LoggingEvent event) {
    return JsonParser.parseString(new String(lines.encode(event), UTF_8)).getAsJsonObject();
  }
}
