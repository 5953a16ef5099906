/**
 * What the server is told to do: one immutable record tree and the reader of its YAML file. Main
 * type: {@link io.mooring.gitaly.configuration.GitalyConfiguration}. Opens no port and no
 * repository.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.configuration;
