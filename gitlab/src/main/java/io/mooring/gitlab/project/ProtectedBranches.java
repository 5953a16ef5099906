package io.mooring.gitlab.project;

import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.identity.User;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code protected_branches}. The default branch is protected without a rule too; a rule
 * that fits it takes that place. Thread-safe.
 */
@Repository
public class ProtectedBranches {
  /** Nobody. */
  static final int NOBODY = 0;

  /** Administrators only. */
  static final int ADMINISTRATORS = 60;

  /** What a rule may ask for, in GitLab's numbers. */
  static final Set<Long> LEVELS = Set.of(0L, 30L, 40L, 60L);

  private final JdbcClient jdbc;
  private final InstantSource clock;

  ProtectedBranches(JdbcClient jdbc, InstantSource clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * A rule.
   *
   * @param id number in the database
   * @param name a branch, or a pattern in which {@code *} stands for any text
   * @param pushLevel the least role that may push, 0 for nobody, 60 for administrators
   * @param mergeLevel the least role that may merge, in the same numbers
   * @param allowForcePush whether who may push may also rewrite
   */
  public record Rule(long id, String name, int pushLevel, int mergeLevel, boolean allowForcePush) {
    /** Whether somebody may push to branches of this rule. */
    public boolean permitsPush(User user, Role role) {
      return permits(pushLevel, user, role);
    }

    /** Whether somebody may merge into branches of this rule. */
    public boolean permitsMerge(User user, Role role) {
      return permits(mergeLevel, user, role);
    }

    private static boolean permits(int level, User user, Role role) {
      return switch (level) {
        case NOBODY -> false;
        case ADMINISTRATORS -> user.admin();
        default -> role.level() >= level;
      };
    }
  }

  /**
   * Makes a rule.
   *
   * @throws org.springframework.dao.DuplicateKeyException when the project has one of this name
   */
  Rule create(long projectId, String name, int push, int merge, boolean force) {
    return jdbc.sql(
            """
            insert into protected_branches
              (project_id, name, push_access_level, merge_access_level, allow_force_push, created_at)
            values (:project, :name, :push, :merge, :force, :now) returning *\
            """)
        .param("project", projectId)
        .param("name", name)
        .param("push", push)
        .param("merge", merge)
        .param("force", force)
        .param("now", SqlTime.of(clock.instant()))
        .query(ProtectedBranches::rule)
        .single();
  }

  /** Stores what a rule became. */
  void update(Rule rule) {
    jdbc.sql(
            """
            update protected_branches set push_access_level = :push, merge_access_level = :merge,
              allow_force_push = :force where id = :id\
            """)
        .param("push", rule.pushLevel())
        .param("merge", rule.mergeLevel())
        .param("force", rule.allowForcePush())
        .param("id", rule.id())
        .update();
  }

  /** Removes a rule. */
  void delete(long id) {
    jdbc.sql("delete from protected_branches where id = :id").param("id", id).update();
  }

  /** The rule of exactly this name. */
  public Optional<Rule> find(long projectId, String name) {
    return jdbc.sql("select * from protected_branches where project_id = :project and name = :name")
        .param("project", projectId)
        .param("name", name)
        .query(ProtectedBranches::rule)
        .optional();
  }

  /** Rules of a project whose name contains a text, by name. */
  Page.Slice<Rule> list(long projectId, String search, Page page) {
    String where =
        " from protected_branches where project_id = :project and position(lower(:search) in lower(name)) > 0";
    return new Page.Slice<>(
        jdbc.sql("select *" + where + " order by name limit :limit offset :offset")
            .param("project", projectId)
            .param("search", search)
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(ProtectedBranches::rule)
            .list(),
        jdbc.sql("select count(*)" + where)
            .param("project", projectId)
            .param("search", search)
            .query(Long.class)
            .single());
  }

  /** Every rule that fits a branch; with several, what one permits is permitted. */
  public List<Rule> matching(Project project, String branch) {
    return rules(project).stream().filter(rule -> Wildcard.matches(rule.name(), branch)).toList();
  }

  /** Whether a branch is protected, by a rule or because it is the default one. */
  public boolean isProtected(Project project, String branch) {
    return guard(project).test(branch);
  }

  /** The same for many branches of a project. */
  public Predicate<String> guard(Project project) {
    List<Rule> rules = rules(project);
    return branch ->
        branch.equals(project.defaultBranch())
            || rules.stream().anyMatch(rule -> Wildcard.matches(rule.name(), branch));
  }

  private List<Rule> rules(Project project) {
    return jdbc.sql("select * from protected_branches where project_id = :project order by name")
        .param("project", project.id())
        .query(ProtectedBranches::rule)
        .list();
  }

  private static Rule rule(ResultSet row, int number) throws SQLException {
    return new Rule(
        row.getLong("id"),
        row.getString("name"),
        row.getInt("push_access_level"),
        row.getInt("merge_access_level"),
        row.getBoolean("allow_force_push"));
  }
}
