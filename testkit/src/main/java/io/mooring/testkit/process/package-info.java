/**
 * Child processes of a test run: short commands with captured output, and servers that end with us.
 *
 * <p>Main types: {@link io.mooring.testkit.process.Command} and {@link
 * io.mooring.testkit.process.ChildProcess}. Both may be used from any thread. A child never
 * outlives this JVM, however the JVM ends. Knows nothing of what the processes are.
 */
@NullMarked
package io.mooring.testkit.process;

import org.jspecify.annotations.NullMarked;
