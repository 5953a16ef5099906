package io.mooring.gitlab.internalapi;

import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Json;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;

/** The tables of what kas counts. Thread-safe. */
@Repository
class Usage {
  /** Unique items and events are kept so long. */
  private static final int KEPT_DAYS = 60;

  private final JdbcClient jdbc;
  private final InstantSource clock;

  Usage(JdbcClient jdbc, InstantSource clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Adds to counters, and notes items, each of which counts once a day. */
  @Transactional
  void add(Map<String, Long> counters, Map<String, ? extends Collection<Long>> unique) {
    counters.forEach((name, value) ->
        jdbc.sql(
                """
                insert into usage_counters as c (name, value) values (:name, :value)
                on conflict (name) do update set value = c.value + excluded.value\
                """)
            .param("name", name)
            .param("value", value)
            .update());
    unique.forEach((name, items) -> items.forEach(item -> note(name, item)));
  }

  private void note(String name, long item) {
    jdbc.sql(
            """
            insert into usage_unique_counters (name, item, recorded_on) values (:name, :item, :today)
            on conflict do nothing\
            """)
        .param("name", name)
        .param("item", item)
        .param("today", today())
        .update();
  }

  /** Keeps an event. */
  void track(String name, JsonNode detail) {
    jdbc.sql(
            """
            insert into usage_events (name, detail, recorded_at) values (:name, cast(:detail as jsonb), :now)\
            """)
        .param("name", name)
        .param("detail", Json.MAPPER.writeValueAsString(detail).replace("\\u0000", ""))
        .param("now", SqlTime.of(clock.instant()))
        .update();
  }

  /** Removes what nobody will ask for. */
  @Scheduled(fixedDelay = 6, initialDelay = 1, timeUnit = TimeUnit.HOURS)
  void removeOld() {
    LocalDate limit = today().minusDays(KEPT_DAYS);
    jdbc.sql("delete from usage_unique_counters where recorded_on < :limit")
        .param("limit", limit)
        .update();
    jdbc.sql("delete from usage_events where recorded_at < :limit")
        .param("limit", limit.atStartOfDay().atOffset(ZoneOffset.UTC))
        .update();
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }
}
