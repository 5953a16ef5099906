/**
 * Branches, tags and other references: the RPCs of RefService. Main type: {@link
 * io.mooring.gitaly.reference.ReferenceCalls}. Each call runs on its own virtual thread.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.reference;
