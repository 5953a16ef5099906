/**
 * Whether agents are there, and alerts about those that went away for long or came back to stay.
 * Main types: {@link io.mooring.gitlab.presence.PresenceRules}, which decides, and {@link
 * io.mooring.gitlab.presence.PresenceWatch}, which looks at what is due on one virtual thread a
 * replica. Knows nothing of who is told of alerts by other ways than pages.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.presence;
