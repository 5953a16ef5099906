package io.mooring.gitlab.identity;

import io.mooring.gitlab.broadcast.Broadcasts;
import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Page;
import io.mooring.protocol.secret.Secret;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code users}. Thread-safe. */
@Repository
public class Users {
  private final JdbcClient jdbc;
  private final Passwords passwords;
  private final Broadcasts broadcasts;
  private final InstantSource clock;

  Users(JdbcClient jdbc, Passwords passwords, Broadcasts broadcasts, InstantSource clock) {
    this.jdbc = jdbc;
    this.passwords = passwords;
    this.broadcasts = broadcasts;
    this.clock = clock;
  }

  /** What an account is made of. */
  public record NewUser(
      String username, String name, String email, Secret password, boolean admin) {}

  /**
   * Makes an account.
   *
   * @throws org.springframework.dao.DuplicateKeyException when username or email is taken
   */
  public User create(NewUser user) {
    return jdbc.sql(
            """
            insert into users (username, name, email, password_digest, admin, created_at)
            values (:username, :name, :email, :digest, :admin, :now)
            returning *\
            """)
        .param("username", user.username())
        .param("name", user.name())
        .param("email", user.email())
        .param("digest", passwords.digest(user.password()))
        .param("admin", user.admin())
        .param("now", SqlTime.of(clock.instant()))
        .query(Users::user)
        .single();
  }

  /** The user of this id. */
  public Optional<User> find(long id) {
    return jdbc.sql("select * from users where id = :id")
        .param("id", id)
        .query(Users::user)
        .optional();
  }

  /** The user who signs in with this name, whatever its case. */
  public Optional<User> named(String username) {
    return jdbc.sql("select * from users where lower(username) = lower(:username)")
        .param("username", username)
        .query(Users::user)
        .optional();
  }

  /** Everybody, by id, or only who has this username. */
  public Page.Slice<User> list(Optional<String> username, Page page) {
    String where = "where (:username::text is null or lower(username) = lower(:username))";
    return new Page.Slice<>(
        jdbc.sql("select * from users " + where + " order by id limit :limit offset :offset")
            .param("username", username.orElse(null), Types.VARCHAR)
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(Users::user)
            .list(),
        jdbc.sql("select count(*) from users " + where)
            .param("username", username.orElse(null), Types.VARCHAR)
            .query(Long.class)
            .single());
  }

  /** Whether there is no account at all. */
  public boolean isEmpty() {
    return jdbc.sql("select not exists (select 1 from users)").query(Boolean.class).single();
  }

  /**
   * The user with this name or email address and this password. Takes as long for an unknown name.
   */
  public Optional<User> authenticate(String login, Secret password) {
    Optional<User> user =
        jdbc.sql(
                """
                select * from users where lower(username) = lower(:login) or lower(email) = lower(:login)
                order by lower(username) = lower(:login) desc limit 1\
                """)
            .param("login", login)
            .query(Users::user)
            .optional();
    Optional<String> digest =
        user.map(known ->
            jdbc.sql("select password_digest from users where id = :id")
                .param("id", known.id())
                .query(String.class)
                .single());
    return passwords.matches(password, digest) ? user : Optional.empty();
  }

  /** Keeps a user out, or lets the user in again. */
  public void block(long id, boolean blocked) {
    jdbc.sql("update users set state = :state where id = :id")
        .param("state", blocked ? "blocked" : "active")
        .param("id", id)
        .update();
    broadcasts.rightsChanged(id);
  }

  /** Stores what an account became; fails when the address is another one's. */
  void update(long id, String name, String email, boolean admin) {
    jdbc.sql("update users set name = :name, email = :email, admin = :admin where id = :id")
        .param("name", name)
        .param("email", email)
        .param("admin", admin)
        .param("id", id)
        .update();
  }

  /** Gives an account another password. */
  void password(long id, Secret password) {
    jdbc.sql("update users set password_digest = :digest where id = :id")
        .param("digest", passwords.digest(password))
        .param("id", id)
        .update();
  }

  /** Removes an account. */
  public void delete(long id) {
    jdbc.sql("delete from users where id = :id").param("id", id).update();
    broadcasts.rightsChanged(id);
  }

  private static User user(ResultSet row, int number) throws SQLException {
    return new User(
        row.getLong("id"),
        row.getString("username"),
        row.getString("name"),
        row.getString("email"),
        row.getBoolean("admin"),
        row.getString("state").equals("blocked"),
        SqlTime.required(row, "created_at"));
  }
}
