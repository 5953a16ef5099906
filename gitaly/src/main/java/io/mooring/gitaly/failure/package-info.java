/**
 * How work on a repository fails: one exception with a kind, a text that is safe to show and, where
 * the protocol wants one, a detail message. Main type: {@link
 * io.mooring.gitaly.failure.GitalyFailure}. Knows no gRPC status.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.failure;
