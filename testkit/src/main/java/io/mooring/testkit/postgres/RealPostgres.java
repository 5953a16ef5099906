package io.mooring.testkit.postgres;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tests want a real PostgreSQL: parameters of type {@link PostgresServer} are given the server
 * of the test run, those of type {@link PostgresDatabase} an empty database of the test class,
 * dropped after it.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(PostgresExtension.class)
public @interface RealPostgres {}
