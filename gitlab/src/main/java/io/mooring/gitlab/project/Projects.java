package io.mooring.gitlab.project;

import io.mooring.gitlab.broadcast.Broadcasts;
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

/** The table {@code projects} with its routes. Thread-safe. */
@Repository
public class Projects {
  private static final String SELECT =
      """
      select p.*, r.path as full_path,
        n.owner_id as n_owner_id, n.parent_id as n_parent_id, n.path as n_path, n.name as n_name,
        n.description as n_description, n.visibility as n_visibility, n.traversal_ids as n_traversal_ids,
        n.created_at as n_created_at, nr.path as n_full_path,
        (select string_agg(a.name, ' / ' order by array_position(n.traversal_ids, a.id))
           from namespaces a where a.id = any(n.traversal_ids)) as n_full_name
      from projects p join routes r on r.project_id = p.id
        join namespaces n on n.id = p.namespace_id join routes nr on nr.namespace_id = n.id
      """;

  /** Projects that a user may know of. */
  private static final String VISIBLE =
      """
      where (:admin or p.visibility = 'public' or (:user::bigint is not null and (
          p.visibility = 'internal' or n.owner_id = :user or
          exists (select 1 from members m where m.user_id = :user
                  and (m.project_id = p.id or m.namespace_id = any(n.traversal_ids))
                  and (m.expires_at is null or m.expires_at > :today)))))
        and (:namespace::bigint is null or p.namespace_id = :namespace)
        and (:search = '' or position(lower(:search) in lower(p.path)) > 0
             or position(lower(:search) in lower(p.name)) > 0)
      """;

  private final JdbcClient jdbc;
  private final Broadcasts broadcasts;
  private final InstantSource clock;

  Projects(JdbcClient jdbc, Broadcasts broadcasts, InstantSource clock) {
    this.jdbc = jdbc;
    this.broadcasts = broadcasts;
    this.clock = clock;
  }

  /** What a project is made of. */
  public record NewProject(
      Namespace namespace,
      Optional<Long> creatorId,
      String path,
      String name,
      String description,
      Visibility visibility,
      RepositoryAccess repositoryAccess,
      String defaultBranch,
      String storageName) {}

  /** Makes a project. Part of a transaction. */
  public Project create(NewProject project) {
    long id =
        jdbc.sql(
                """
                insert into projects (namespace_id, creator_id, path, name, description, visibility,
                  repository_access, default_branch, storage_name, created_at, updated_at)
                values (:namespace, :creator, :path, :name, :description, :visibility,
                  :access, :branch, :storage, :now, :now)
                returning id\
                """)
            .param("namespace", project.namespace().id())
            .param("creator", project.creatorId().orElse(null), Types.BIGINT)
            .param("path", project.path())
            .param("name", project.name())
            .param("description", project.description())
            .param("visibility", project.visibility().text())
            .param("access", project.repositoryAccess().text())
            .param("branch", project.defaultBranch())
            .param("storage", project.storageName())
            .param("now", SqlTime.of(clock.instant()))
            .query(Long.class)
            .single();
    jdbc.sql("insert into routes (path, project_id) values (:path, :id)")
        .param("path", project.namespace().fullPath() + "/" + project.path())
        .param("id", id)
        .update();
    return find(id).orElseThrow();
  }

  /** The project of this id. */
  public Optional<Project> find(long id) {
    return jdbc.sql(SELECT + "where p.id = :id")
        .param("id", id)
        .query(Projects::project)
        .optional();
  }

  /** The project of this full path, whatever its case. */
  public Optional<Project> at(String fullPath) {
    return jdbc.sql(SELECT + "where lower(r.path) = lower(:path)")
        .param("path", fullPath)
        .query(Projects::project)
        .optional();
  }

  /** The project of an id in decimal, or of a full path, as the API takes either. */
  public Optional<Project> named(String idOrPath) {
    if (idOrPath.matches("[0-9]{1,18}")) {
      return find(Long.parseLong(idOrPath));
    }
    return idOrPath.indexOf('\0') < 0 ? at(idOrPath) : Optional.empty();
  }

  /** Projects that somebody may know of, newest first. */
  public Page.Slice<Project> visible(
      Access.Viewer viewer, Optional<Long> namespaceId, String search, Page page) {
    return new Page.Slice<>(
        jdbc.sql(SELECT + VISIBLE + " order by p.id desc limit :limit offset :offset")
            .params(viewer.parameters())
            .param("namespace", namespaceId.orElse(null), Types.BIGINT)
            .param("search", search)
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(Projects::project)
            .list(),
        jdbc.sql(
                "select count(*) from projects p join namespaces n on n.id = p.namespace_id "
                    + VISIBLE)
            .params(viewer.parameters())
            .param("namespace", namespaceId.orElse(null), Types.BIGINT)
            .param("search", search)
            .query(Long.class)
            .single());
  }

  /** Every project that stands in a namespace or below it. */
  public List<Project> below(long namespaceId) {
    return jdbc.sql(SELECT + "where :namespace = any(n.traversal_ids)")
        .param("namespace", namespaceId)
        .query(Projects::project)
        .list();
  }

  /** Stores what may be changed of a project. */
  public void update(Project project) {
    jdbc.sql(
            """
            update projects set name = :name, description = :description, visibility = :visibility,
              repository_access = :access, default_branch = :branch, updated_at = :now where id = :id\
            """)
        .param("name", project.name())
        .param("description", project.description())
        .param("visibility", project.visibility().text())
        .param("access", project.repositoryAccess().text())
        .param("branch", project.defaultBranch())
        .param("now", SqlTime.of(clock.instant()))
        .param("id", project.id())
        .update();
    // Visibility and access to the repository may be among what changed.
    broadcasts.rightsChanged();
  }

  /** Gives a project another path. Part of a transaction. */
  public void rename(Project project, String path) {
    jdbc.sql("update projects set path = :path where id = :id")
        .param("path", path)
        .param("id", project.id())
        .update();
    jdbc.sql("update routes set path = :path where project_id = :id")
        .param("path", project.namespace().fullPath() + "/" + path)
        .param("id", project.id())
        .update();
  }

  /** Gives a project another place. Part of a transaction. */
  void transfer(Project project, Namespace target) {
    jdbc.sql("update projects set namespace_id = :namespace, updated_at = :now where id = :id")
        .param("namespace", target.id())
        .param("now", SqlTime.of(clock.instant()))
        .param("id", project.id())
        .update();
    jdbc.sql("update routes set path = :path where project_id = :id")
        .param("path", target.fullPath() + "/" + project.path())
        .param("id", project.id())
        .update();
  }

  /** Notes which branch stands for the project now. */
  public void defaultBranch(long id, String branch) {
    jdbc.sql(
            "update projects set default_branch = :branch where id = :id and default_branch <> :branch")
        .param("branch", branch)
        .param("id", id)
        .update();
  }

  /** Removes a project, and leaves a note to remove its repository. Part of a transaction. */
  public void delete(Project project) {
    jdbc.sql(
            """
            insert into repository_removals (storage_name, relative_path, gl_repository, gl_project_path, next_attempt_at)
            values (:storage, :path, :repository, :project, :now)\
            """)
        .param("storage", project.storageName())
        .param("path", project.repository().relativePath())
        .param("repository", project.repository().glRepository())
        .param("project", project.fullPath())
        .param("now", SqlTime.of(clock.instant()))
        .update();
    jdbc.sql("delete from projects where id = :id").param("id", project.id()).update();
    broadcasts.rightsChanged();
  }

  private static Project project(ResultSet row, int number) throws SQLException {
    return new Project(
        row.getLong("id"),
        new Namespace(
            row.getLong("namespace_id"),
            Optional.ofNullable(row.getObject("n_owner_id", Long.class)),
            Optional.ofNullable(row.getObject("n_parent_id", Long.class)),
            row.getString("n_path"),
            row.getString("n_full_path"),
            row.getString("n_name"),
            row.getString("n_full_name"),
            row.getString("n_description"),
            Visibility.named(row.getString("n_visibility")),
            List.copyOf(Arrays.asList((Long[]) row.getArray("n_traversal_ids").getArray())),
            SqlTime.required(row, "n_created_at")),
        Optional.ofNullable(row.getObject("creator_id", Long.class)),
        row.getString("path"),
        row.getString("full_path"),
        row.getString("name"),
        row.getString("description"),
        Visibility.named(row.getString("visibility")),
        RepositoryAccess.named(row.getString("repository_access")),
        row.getString("default_branch"),
        row.getString("storage_name"),
        SqlTime.required(row, "created_at"));
  }
}
