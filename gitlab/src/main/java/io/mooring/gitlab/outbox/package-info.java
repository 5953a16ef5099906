/**
 * Work that was noted in the database together with what caused it, and is done afterwards until it
 * succeeds. Main type: {@link io.mooring.gitlab.outbox.Courier}. One virtual thread a courier.
 * Knows nothing of the work.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.outbox;
