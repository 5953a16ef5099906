/**
 * How long to wait before trying again. Main type: {@link io.mooring.protocol.backoff.Backoff},
 * used by one thread at a time. It computes delays and never waits itself; time and chance come
 * from outside.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.protocol.backoff;
