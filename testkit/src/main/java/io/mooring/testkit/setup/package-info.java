/**
 * Finds the project's cache and runs {@code scripts/setup} when a server is not in it yet.
 *
 * <p>Main type: {@link io.mooring.testkit.setup.Setup}. May be used from any thread; the script's
 * own lock orders several runs. Knows nothing of what is done with the servers.
 */
@NullMarked
package io.mooring.testkit.setup;

import org.jspecify.annotations.NullMarked;
