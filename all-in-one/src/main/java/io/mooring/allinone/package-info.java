/**
 * Every program in one JVM, over the same gRPC and REST on loopback: what {@code ./quickstart} runs
 * and what the end-to-end tests drive.
 *
 * <p>Main type: {@link io.mooring.allinone.Stack}. Nothing here is mocked and nothing reaches into
 * a program: the stack only configures, starts and stops them, and talks to them as a user would.
 */
@NullMarked
package io.mooring.allinone;

import org.jspecify.annotations.NullMarked;
