package io.mooring.gitlab.ci;

import io.mooring.gitlab.http.ApiException;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code environments}. Thread-safe. */
@Repository
class Environments {
  private final JdbcClient jdbc;

  Environments(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The environment of a project that a job asks for, made when it is new. Part of a transaction.
   *
   * @throws ApiException 400 when the slug belongs to another environment
   */
  Environment ensure(long projectId, Environment.Wanted wanted) {
    Optional<Environment> found = find(projectId, wanted.name());
    if (found.isPresent()) {
      return adapted(found.get(), wanted);
    }
    String slug = wanted.slug().orElseGet(() -> Environment.slug(wanted.name()));
    try {
      jdbc.sql(
              """
              insert into environments (project_id, name, slug, tier) values (:project, :name, :slug, :tier)
              on conflict (project_id, name) do nothing\
              """)
          .param("project", projectId)
          .param("name", wanted.name())
          .param("slug", slug)
          .param("tier", wanted.tier().orElseGet(() -> Environment.Tier.of(wanted.name())).text())
          .update();
    } catch (DuplicateKeyException e) {
      throw ApiException.badRequest(
          "environment[slug] " + slug + " belongs to another environment of this project");
    }
    return adapted(find(projectId, wanted.name()).orElseThrow(), wanted);
  }

  private Environment adapted(Environment found, Environment.Wanted wanted) {
    if (wanted.slug().filter(slug -> !slug.equals(found.slug())).isPresent()) {
      throw ApiException.badRequest(
          "environment[slug] of "
              + found.name()
              + " is "
              + found.slug()
              + " (expected: this one, or none given)");
    }
    if (wanted.tier().isEmpty() || wanted.tier().get() == found.tier()) {
      return found;
    }
    jdbc.sql("update environments set tier = :tier where id = :id")
        .param("tier", wanted.tier().get().text())
        .param("id", found.id())
        .update();
    return new Environment(found.id(), found.name(), found.slug(), wanted.tier().get());
  }

  private Optional<Environment> find(long projectId, String name) {
    return jdbc.sql("select * from environments where project_id = :project and name = :name")
        .param("project", projectId)
        .param("name", name)
        .query((row, number) ->
            new Environment(
                row.getLong("id"),
                row.getString("name"),
                row.getString("slug"),
                Environment.Tier.named(row.getString("tier"))))
        .optional();
  }
}
