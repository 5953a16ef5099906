/**
 * Messages to whoever listens now, on every replica: named streams over a bus, in memory for one
 * replica and through Redis, in the layout of Rails' adapter, for several. Main type: {@link
 * io.mooring.gitlab.broadcast.Broadcasts}. Listeners are called on threads of the bus and must not
 * block. Knows neither browsers nor what the messages say.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.broadcast;
