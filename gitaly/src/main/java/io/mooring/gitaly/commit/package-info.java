/**
 * Files and history: the RPCs of CommitService. Main type: {@link
 * io.mooring.gitaly.commit.CommitCalls}. Each call runs on its own virtual thread.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.commit;
