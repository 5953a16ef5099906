/**
 * The server itself: the RPCs of ServerService. Main type: {@link
 * io.mooring.gitaly.host.HostCalls}. Any thread.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.host;
