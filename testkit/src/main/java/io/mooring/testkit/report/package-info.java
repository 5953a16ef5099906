/**
 * Counts which tests ran on which real servers, and sums the counts of all modules.
 *
 * <p>Main types: {@link io.mooring.testkit.report.RealServers}, told by whoever hands a server to a
 * test, and {@link io.mooring.testkit.report.Summary}, run at the end of a build. Tests run one
 * after another in a JVM; the counts rely on it. Knows nothing of the servers themselves.
 */
@NullMarked
package io.mooring.testkit.report;

import org.jspecify.annotations.NullMarked;
