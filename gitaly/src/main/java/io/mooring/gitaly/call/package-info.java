/**
 * How an RPC runs: blocking work on a virtual thread, with back-pressure, cancellation and one
 * mapping of failures to gRPC status. Main type: {@link io.mooring.gitaly.call.Calls}. Knows
 * nothing of Git.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.call;
