package io.mooring.gitlab.project;

import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Page;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code namespaces} with its routes. Thread-safe. */
@Repository
public class Namespaces {
  private static final String SELECT =
      """
      select n.*, r.path as full_path,
        (select string_agg(a.name, ' / ' order by array_position(n.traversal_ids, a.id))
           from namespaces a where a.id = any(n.traversal_ids)) as full_name
      from namespaces n join routes r on r.namespace_id = n.id
      """;

  /**
   * Groups that a user may know of: as administrator, by visibility, or as a member of them, above
   * or below.
   */
  private static final String VISIBLE =
      """
      where n.kind = 'group' and (
        :admin or n.visibility = 'public' or (:user::bigint is not null and (
          n.visibility = 'internal'
          or exists (select 1 from members m where m.user_id = :user and m.namespace_id = any(n.traversal_ids)
                     and (m.expires_at is null or m.expires_at > :today))
          or exists (select 1 from members m join namespaces c on c.id = m.namespace_id
                     where m.user_id = :user and n.id = any(c.traversal_ids)
                     and (m.expires_at is null or m.expires_at > :today))
          or exists (select 1 from members m join projects p on p.id = m.project_id
                     join namespaces c on c.id = p.namespace_id
                     where m.user_id = :user and n.id = any(c.traversal_ids)
                     and (m.expires_at is null or m.expires_at > :today)))))
        and (:parent::bigint is null or n.parent_id = :parent)
      """;

  private final JdbcClient jdbc;
  private final InstantSource clock;

  Namespaces(JdbcClient jdbc, InstantSource clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** What a group is made of. */
  public record NewGroup(
      String path,
      String name,
      String description,
      Visibility visibility,
      Optional<Namespace> parent) {}

  /** Makes a group. Part of a transaction. */
  public Namespace createGroup(NewGroup group) {
    long id =
        insert(
            "group",
            group.path(),
            group.name(),
            group.description(),
            group.visibility(),
            group.parent(),
            Optional.empty());
    return find(id).orElseThrow();
  }

  /** Makes the namespace of a user. Part of a transaction. */
  public Namespace createPersonal(long userId, String username, String name) {
    long id =
        insert(
            "user", username, name, "", Visibility.PUBLIC, Optional.empty(), Optional.of(userId));
    return find(id).orElseThrow();
  }

  private long insert(
      String kind,
      String path,
      String name,
      String description,
      Visibility visibility,
      Optional<Namespace> parent,
      Optional<Long> owner) {
    long id =
        jdbc.sql(
                """
                insert into namespaces
                  (kind, parent_id, owner_id, path, name, description, visibility, traversal_ids, created_at)
                values (:kind, :parent, :owner, :path, :name, :description, :visibility, '{}', :now)
                returning id\
                """)
            .param("kind", kind)
            .param("parent", parent.map(Namespace::id).orElse(null), Types.BIGINT)
            .param("owner", owner.orElse(null), Types.BIGINT)
            .param("path", path)
            .param("name", name)
            .param("description", description)
            .param("visibility", visibility.text())
            .param("now", SqlTime.of(clock.instant()))
            .query(Long.class)
            .single();
    jdbc.sql(
            """
            update namespaces set traversal_ids =
              coalesce((select p.traversal_ids from namespaces p where p.id = :parent), '{}') || :id::bigint
            where id = :id\
            """)
        .param("parent", parent.map(Namespace::id).orElse(null), Types.BIGINT)
        .param("id", id)
        .update();
    jdbc.sql("insert into routes (path, namespace_id) values (:path, :id)")
        .param("path", parent.map(above -> above.fullPath() + "/").orElse("") + path)
        .param("id", id)
        .update();
    return id;
  }

  /** The namespace of this id. */
  public Optional<Namespace> find(long id) {
    return jdbc.sql(SELECT + "where n.id = :id")
        .param("id", id)
        .query(Namespaces::namespace)
        .optional();
  }

  /** The namespace of this full path, whatever its case. */
  public Optional<Namespace> at(String fullPath) {
    return jdbc.sql(SELECT + "where lower(r.path) = lower(:path)")
        .param("path", fullPath)
        .query(Namespaces::namespace)
        .optional();
  }

  /** What belongs to one user. */
  public Optional<Namespace> ownedBy(long userId) {
    return jdbc.sql(SELECT + "where n.owner_id = :user and n.kind = 'user'")
        .param("user", userId)
        .query(Namespaces::namespace)
        .optional();
  }

  /** Groups that somebody may know of, by path; only those in one group if it is given. */
  public Page.Slice<Namespace> visibleGroups(
      Access.Viewer viewer, Optional<Long> parentId, Page page) {
    return new Page.Slice<>(
        jdbc.sql(SELECT + VISIBLE + " order by lower(r.path) limit :limit offset :offset")
            .params(viewer.parameters())
            .param("parent", parentId.orElse(null), Types.BIGINT)
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(Namespaces::namespace)
            .list(),
        jdbc.sql("select count(*) from namespaces n " + VISIBLE)
            .params(viewer.parameters())
            .param("parent", parentId.orElse(null), Types.BIGINT)
            .query(Long.class)
            .single());
  }

  /** Changes what is shown of a group. */
  public void update(long id, String name, String description, Visibility visibility) {
    jdbc.sql(
            "update namespaces set name = :name, description = :description, visibility = :visibility where id = :id")
        .param("name", name)
        .param("description", description)
        .param("visibility", visibility.text())
        .param("id", id)
        .update();
  }

  /** Gives a group another path; everything below moves along. Part of a transaction. */
  public void rename(Namespace namespace, String path) {
    String before = namespace.fullPath();
    int slash = before.lastIndexOf('/');
    String after = before.substring(0, slash + 1) + path;
    jdbc.sql("update namespaces set path = :path where id = :id")
        .param("path", path)
        .param("id", namespace.id())
        .update();
    move(before, after);
  }

  /** Gives a group another place, with all that stands in it. Part of a transaction. */
  void transfer(Namespace group, Optional<Namespace> parent) {
    jdbc.sql("update namespaces set parent_id = :parent where id = :id")
        .param("parent", parent.map(Namespace::id).orElse(null), Types.BIGINT)
        .param("id", group.id())
        .update();
    jdbc.sql(
            """
            update namespaces set traversal_ids =
              coalesce((select p.traversal_ids from namespaces p where p.id = :parent), '{}')
                || array(select t.id from unnest(traversal_ids) with ordinality as t(id, n)
                         where t.n >= :kept order by t.n)
            where :id = any(traversal_ids)\
            """)
        .param("parent", parent.map(Namespace::id).orElse(null), Types.BIGINT)
        .param("kept", group.traversalIds().size())
        .param("id", group.id())
        .update();
    move(group.fullPath(), parent.map(above -> above.fullPath() + "/").orElse("") + group.path());
  }

  /** How many levels of groups there are, from this one down to the deepest. */
  int height(Namespace group) {
    return jdbc.sql(
                "select max(cardinality(traversal_ids)) from namespaces where :id = any(traversal_ids)")
            .param("id", group.id())
            .query(Integer.class)
            .single()
        - group.traversalIds().size()
        + 1;
  }

  private void move(String before, String after) {
    jdbc.sql(
            """
            update routes set path = :after || substr(path, length(:before) + 1)
            where lower(path) = lower(:before) or starts_with(lower(path), lower(:before) || '/')\
            """)
        .param("after", after)
        .param("before", before)
        .update();
  }

  /** Removes a namespace with all that stands in it. */
  public void delete(long id) {
    jdbc.sql("delete from namespaces where id = :id").param("id", id).update();
  }

  private static Namespace namespace(ResultSet row, int number) throws SQLException {
    return new Namespace(
        row.getLong("id"),
        Optional.ofNullable(row.getObject("owner_id", Long.class)),
        Optional.ofNullable(row.getObject("parent_id", Long.class)),
        row.getString("path"),
        row.getString("full_path"),
        row.getString("name"),
        row.getString("full_name"),
        row.getString("description"),
        Visibility.named(row.getString("visibility")),
        List.copyOf(Arrays.asList((Long[]) row.getArray("traversal_ids").getArray())),
        SqlTime.required(row, "created_at"));
  }
}
