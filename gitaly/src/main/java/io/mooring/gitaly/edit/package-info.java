/**
 * Commits made without a clone: the RPC of OperationService. Main type: {@link
 * io.mooring.gitaly.edit.OperationCalls}. Each call runs on its own virtual thread.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.edit;
