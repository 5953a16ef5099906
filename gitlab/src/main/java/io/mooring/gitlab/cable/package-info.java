/**
 * The ActionCable server of the pages: {@code /-/cable}, its connections and channels
 * (gitlab-side.md 6). Main types: {@link io.mooring.gitlab.cable.Connection}, {@link
 * io.mooring.gitlab.cable.Channel}. A connection has no thread: commands run on a virtual thread of
 * Tomcat while there are any, messages on the thread of the bus, which never waits for a client.
 * Knows nothing of what messages say.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.cable;
