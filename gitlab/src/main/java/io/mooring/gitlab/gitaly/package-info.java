/**
 * The Git servers, called over the Gitaly protocol. Main type: {@link
 * io.mooring.gitlab.gitaly.GitalyStorages}. Calls block the thread that makes them and have
 * deadlines, except where git itself is talking. Knows nothing of projects and of who is asking.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.gitaly;
