package io.mooring.apply;

import static io.mooring.apply.TestEngine.options;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.mooring.apply.report.SyncResult;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.testkit.secret.Canaries;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@RealKubernetes
class SecretTest {
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.mooring.apply");

  @BeforeEach
  void listenToLogs() {
    logger.setLevel(Level.DEBUG);
    logger.setAdditive(false);
    logged.start();
    logger.addAppender(logged);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(logged);
    logger.setLevel(null);
    logger.setAdditive(true);
  }

  @Test
  @Tag("fault-57")
  void tellsNoValueOfASecretWhateverHappensToIt(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    Canaries canaries = new Canaries();
    String value = canaries.secret("the value", "pw-");
    String broken = canaries.secret("the broken value", "pw-");
    String number = canaries.secret("the value in a wrong place", "pw-");
    String manifest =
        Manifests.secret(ns, "good", value).replace("stringData", "immutable: true\nstringData");
    String notBase64 =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: broken}\ndata: {a: \"!!"
            + broken
            + "\"}\n---\n";
    String wrongPlace =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: wrong}\ndata: {a: {b: "
            + number
            + "}}\n---\n";
    String notYaml =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: bad}\nstringData: {a: \"" + value + "\n";
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      SyncResult bad = engine.sync("c1", manifest + notBase64 + wrongPlace, notYaml);
      SyncResult good = engine.sync("c2", manifest);
      SyncResult immutable = engine.sync("c3", manifest.replace(value, number));
      live.delete("secrets", "good");
      org.awaitility.Awaitility.await()
          .atMost(TestEngine.PATIENCE)
          .until(() -> live.find("secrets", "good").isPresent());
      engine.sync("c4", manifest.replace(value, number));

      assertThat(bad.failed()).isEqualTo(2);
      assertThat(bad.problems().toString()).contains("the API server refused the Secret");
      assertThat(good.problems()).isEmpty();
      assertThat(immutable.problems().toString()).contains("fields: data");
      canaries.assertAbsent("results", engine.results.toString());
      canaries.assertAbsent("states", engine.heard.toString() + engine.engine().states());
      canaries.assertAbsent("warnings", engine.warnings.toString());
      canaries.assertAbsent("logs", logs());
    }
  }

  private String logs() {
    StringBuilder text = new StringBuilder();
    for (ILoggingEvent event : logged.list) {
      text.append(event.getFormattedMessage()).append(event.getKeyValuePairs()).append('\n');
      if (event.getThrowableProxy() != null) {
        text.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
    }
    return text.toString();
  }
}
