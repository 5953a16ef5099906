/**
 * A real PostgreSQL on a spare port; each test class has a database of its own.
 *
 * <p>Main types: {@link io.mooring.testkit.postgres.PostgresServer} for programs, {@link
 * io.mooring.testkit.postgres.RealPostgres} for tests. May be used from any thread. Knows nothing
 * of schemas.
 */
@NullMarked
package io.mooring.testkit.postgres;

import org.jspecify.annotations.NullMarked;
