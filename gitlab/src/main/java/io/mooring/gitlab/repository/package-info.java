/**
 * Reading and writing a project's files through the REST API. Main types: {@code Trees}, {@code
 * CommitWriter}. Runs on request threads. Knows nothing of git's own transport.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.repository;
