package io.mooring.gitlab.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.postgresql.PGConnection;

/**
 * The rows of all tables, as PostgreSQL's COPY writes and reads them, within the transaction of the
 * connection. Needs no program of PostgreSQL, whose version would have to fit the server's.
 */
final class Tables {
  private static final String HISTORY = "flyway_schema_history";

  private final Connection connection;

  Tables(Connection connection) {
    this.connection = connection;
  }

  /** Writes every table to a file of its name; answers their rows. */
  Map<String, Long> write(Path folder) throws SQLException, IOException {
    Map<String, Long> rows = new TreeMap<>();
    for (String table : names()) {
      try (OutputStream out = Files.newOutputStream(file(folder, table))) {
        rows.put(
            table,
            connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy " + table + " to stdout", out));
      }
    }
    return rows;
  }

  /**
   * Replaces what is in the tables. References between them are taken away meanwhile and checked
   * when they are put back, so that the order of tables does not matter.
   */
  void read(Path folder, Map<String, Long> rows) throws SQLException, IOException, BackupException {
    List<String> names = names();
    if (!names.equals(List.copyOf(new TreeMap<>(rows).keySet()))) {
      throw new BackupException(
          "the backup has the tables " + rows.keySet() + " (expected: " + names + ")");
    }
    List<String> restore = dropReferences();
    execute("truncate " + String.join(", ", names));
    for (String table : names) {
      try (InputStream in = Files.newInputStream(file(folder, table))) {
        long read =
            connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy " + table + " from stdin", in);
        if (read != rows.getOrDefault(table, 0L)) {
          throw new BackupException(
              file(folder, table) + ": " + read + " rows (expected: " + rows.get(table) + ")");
        }
      }
    }
    for (String statement : restore) {
      execute(statement);
    }
    continueNumbers();
  }

  /** Versions of the schema, in the order of their numbers. */
  List<String> migrations() throws SQLException {
    return texts(
        "select version from "
            + HISTORY
            + " where success and version is not null order by version::integer");
  }

  /** Repositories of all projects, by number and storage. */
  List<Map.Entry<Long, String>> projects() throws SQLException {
    var projects = new ArrayList<Map.Entry<Long, String>>();
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery("select id, storage_name from projects order by id")) {
      while (result.next()) {
        projects.add(Map.entry(result.getLong(1), result.getString(2)));
      }
    }
    return projects;
  }

  /** Tables of the application that are there. */
  List<String> names() throws SQLException {
    return texts(
        "select tablename from pg_tables where schemaname = current_schema() and tablename <> '"
            + HISTORY
            + "' order by tablename collate \"C\"");
  }

  private List<String> dropReferences() throws SQLException {
    List<String> restore =
        texts(
            """
            select format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
            from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace\
            """);
    for (String drop :
        texts(
            """
            select format('alter table %s drop constraint %I', conrelid::regclass, conname)
            from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace\
            """)) {
      execute(drop);
    }
    return restore;
  }

  /** What is added later must not get a number that a row of the backup has. */
  private void continueNumbers() throws SQLException {
    for (String statement :
        texts(
            """
            select format('select setval(pg_get_serial_sequence(%L, %L), greatest((select max(%I) from %s), 1))',
              attrelid::regclass::text, attname, attname, attrelid::regclass)
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where attidentity <> '' and c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace\
            """)) {
      execute(statement);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> texts(String query) throws SQLException {
    var texts = new ArrayList<String>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }

  private static Path file(Path folder, String table) {
    return folder.resolve(table + ".copy");
  }
}
