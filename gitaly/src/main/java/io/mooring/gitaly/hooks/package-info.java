/**
 * What GitLab says to a push before it happens, and hears of it afterwards (gitlab-side.md 7.1).
 * Main type: {@link io.mooring.gitaly.hooks.PushHooks}. Any thread; one virtual thread of its own
 * delivers what GitLab could not take. Knows nothing of how the push came in.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.hooks;
