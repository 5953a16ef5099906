package io.mooring.gitlab.project;

import io.mooring.gitlab.broadcast.Broadcasts;
import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Page;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code members}. Thread-safe. */
@Repository
public class Members {
  private final JdbcClient jdbc;
  private final Broadcasts broadcasts;
  private final InstantSource clock;

  Members(JdbcClient jdbc, Broadcasts broadcasts, InstantSource clock) {
    this.jdbc = jdbc;
    this.broadcasts = broadcasts;
    this.clock = clock;
  }

  /** What somebody is a member of. */
  public sealed interface Source {
    /** A group. */
    record OfNamespace(long id) implements Source {}

    /** A project. */
    record OfProject(long id) implements Source {}

    /** The column that names it. */
    default String column() {
      return switch (this) {
        case OfNamespace _ -> "namespace_id";
        case OfProject _ -> "project_id";
      };
    }

    /** Its number. */
    long id();
  }

  /** A member of a group or project. */
  public record Member(
      long userId, String username, String name, Role role, Optional<LocalDate> expiresAt) {}

  /**
   * Adds a member.
   *
   * @throws org.springframework.dao.DuplicateKeyException when the user is a member already
   */
  public void add(Source source, long userId, Role role, Optional<LocalDate> expiresAt) {
    jdbc.sql(
            "insert into members (user_id, "
                + source.column()
                + ", access_level, created_at, expires_at) values (:user, :source, :level, :now, :expires)")
        .param("user", userId)
        .param("source", source.id())
        .param("level", role.level())
        .param("now", SqlTime.of(clock.instant()))
        .param("expires", expiresAt.orElse(null), Types.DATE)
        .update();
  }

  /** Changes what a member is; false when the user is no member. */
  public boolean update(Source source, long userId, Role role, Optional<LocalDate> expiresAt) {
    int changed =
        jdbc.sql(
                "update members set access_level = :level, expires_at = :expires where user_id = :user and "
                    + source.column()
                    + " = :source")
            .param("level", role.level())
            .param("expires", expiresAt.orElse(null), Types.DATE)
            .param("user", userId)
            .param("source", source.id())
            .update();
    broadcasts.rightsChanged(userId);
    return changed > 0;
  }

  /** Removes a member; false when the user is none. */
  public boolean remove(Source source, long userId) {
    int removed =
        jdbc.sql("delete from members where user_id = :user and " + source.column() + " = :source")
            .param("user", userId)
            .param("source", source.id())
            .update();
    broadcasts.rightsChanged(userId);
    return removed > 0;
  }

  /** Direct members, by id. */
  public Page.Slice<Member> list(Source source, Page page) {
    return new Page.Slice<>(
        jdbc.sql(
                "select m.*, u.username, u.name from members m join users u on u.id = m.user_id where m."
                    + source.column()
                    + " = :source order by u.id limit :limit offset :offset")
            .param("source", source.id())
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(Members::member)
            .list(),
        jdbc.sql("select count(*) from members where " + source.column() + " = :source")
            .param("source", source.id())
            .query(Long.class)
            .single());
  }

  /** The direct member who is this user. */
  public Optional<Member> find(Source source, long userId) {
    return jdbc.sql(
            "select m.*, u.username, u.name from members m join users u on u.id = m.user_id where m.user_id = :user and m."
                + source.column()
                + " = :source")
        .param("user", userId)
        .param("source", source.id())
        .query(Members::member)
        .optional();
  }

  /** How many direct owners there are. */
  public long owners(Source source) {
    return jdbc.sql(
            "select count(*) from members where access_level = 50 and "
                + source.column()
                + " = :source")
        .param("source", source.id())
        .query(Long.class)
        .single();
  }

  /**
   * The highest role of a user in a project: in itself, in a group above it, or as owner of where
   * it stands.
   */
  public Optional<Role> roleInProject(long userId, Project project) {
    if (project.namespace().ownerId().filter(owner -> owner == userId).isPresent()) {
      return Optional.of(Role.OWNER);
    }
    return highest(
        jdbc.sql(
                """
                select access_level from members where user_id = :user
                  and (project_id = :project or namespace_id = any(
                    (select traversal_ids from namespaces where id = :namespace)::bigint[]))
                  and (expires_at is null or expires_at > :today)\
                """)
            .param("user", userId)
            .param("project", project.id())
            .param("namespace", project.namespace().id())
            .param("today", today())
            .query((row, number) -> row.getLong("access_level"))
            .list());
  }

  /** The highest role of a user in a namespace or in one above it, or as its owner. */
  public Optional<Role> roleInNamespace(long userId, Namespace namespace) {
    if (namespace.ownerId().filter(owner -> owner == userId).isPresent()) {
      return Optional.of(Role.OWNER);
    }
    return highest(
        jdbc.sql(
                """
                select access_level from members where user_id = :user
                  and namespace_id = any((select traversal_ids from namespaces where id = :namespace)::bigint[])
                  and (expires_at is null or expires_at > :today)\
                """)
            .param("user", userId)
            .param("namespace", namespace.id())
            .param("today", today())
            .query((row, number) -> row.getLong("access_level"))
            .list());
  }

  /** Whether a user is a member of something that stands in a namespace. */
  boolean belongsBelow(long userId, Namespace namespace) {
    return jdbc.sql(
            """
            select exists (
              select 1 from members m left join projects p on p.id = m.project_id
                join namespaces n on n.id = coalesce(m.namespace_id, p.namespace_id)
              where m.user_id = :user and :namespace = any(n.traversal_ids)
                and (m.expires_at is null or m.expires_at > :today))\
            """)
        .param("user", userId)
        .param("namespace", namespace.id())
        .param("today", today())
        .query(Boolean.class)
        .single();
  }

  /** The day by which memberships end. */
  public LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  private static Optional<Role> highest(List<Long> levels) {
    return levels.stream().max(Long::compare).flatMap(Role::of);
  }

  private static Member member(ResultSet row, int number) throws SQLException {
    return new Member(
        row.getLong("user_id"),
        row.getString("username"),
        row.getString("name"),
        Role.of(row.getLong("access_level")).orElseThrow(),
        Optional.ofNullable(row.getObject("expires_at", LocalDate.class)));
  }
}
