/**
 * What kas knows of agents, for people: who is connected, which configuration files there are. Main
 * type: {@code ConnectionController}. Runs on request threads.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.connection;
