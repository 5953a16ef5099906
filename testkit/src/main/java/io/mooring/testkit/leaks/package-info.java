/**
 * Compares what the JVM holds before and after a test: threads, descriptors, direct memory.
 *
 * <p>Main type: {@link io.mooring.testkit.leaks.LeakCheck}. For tests that run one after another.
 * Knows nothing of who owns what is left.
 */
@NullMarked
package io.mooring.testkit.leaks;

import org.jspecify.annotations.NullMarked;
