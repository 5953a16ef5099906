/**
 * What changed between two trees: the RPC of DiffService. Main type: {@link
 * io.mooring.gitaly.diff.DiffCalls}. Each call runs on its own virtual thread.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.diff;
