/**
 * Fetching and pushing with git: the RPCs of SmartHTTPService. Main type: {@link
 * io.mooring.gitaly.smarthttp.SmartHttpCalls}. Each call runs on its own virtual thread; what the
 * client does not read is not produced.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.smarthttp;
