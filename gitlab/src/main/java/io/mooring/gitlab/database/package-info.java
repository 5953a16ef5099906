/**
 * PostgreSQL: the built-in server or a connection to another one, and the form of times in SQL.
 * Main type: {@link io.mooring.gitlab.database.EmbeddedDatabase}. Knows nothing of what the tables
 * mean.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.database;
