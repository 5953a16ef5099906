/**
 * A clock that moves only when a test moves it.
 *
 * <p>Main type: {@link io.mooring.testkit.time.FakeClock}. May be used from any thread; what is due
 * runs on the thread that advances the clock. Knows nothing of what waits.
 */
@NullMarked
package io.mooring.testkit.time;

import org.jspecify.annotations.NullMarked;
