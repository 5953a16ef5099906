package io.mooring.testkit.postgres;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the shared PostgreSQL and databases in it; see {@link RealPostgres}. */
public final class PostgresExtension implements BeforeAllCallback, ParameterResolver {
  private static final Namespace STORE = Namespace.create(PostgresExtension.class);

  /** Called by JUnit. */
  public PostgresExtension() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    PostgresServer.shared();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == PostgresServer.class || type == PostgresDatabase.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    PostgresServer server = PostgresServer.shared();
    if (parameter.getParameter().getType() == PostgresServer.class) {
      return server;
    }
    return classOf(context)
        .getStore(STORE)
        .computeIfAbsent(
            PostgresDatabase.class, key -> server.createDatabase(), PostgresDatabase.class);
  }

  /** The context of the outermost test class, whose store closes the database after its tests. */
  private static ExtensionContext classOf(ExtensionContext context) {
    ExtensionContext found = context;
    for (var place = context;
        place.getTestClass().isPresent();
        place = place.getParent().orElseThrow()) {
      found = place;
    }
    return found;
  }
}
