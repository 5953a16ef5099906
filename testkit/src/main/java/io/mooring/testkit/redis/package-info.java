/**
 * A real redis-server on a spare port, with the faults a test may want of it.
 *
 * <p>Main types: {@link io.mooring.testkit.redis.RedisServer} for programs, {@link
 * io.mooring.testkit.redis.RealRedis} for tests. May be used from any thread. Knows nothing of what
 * is stored.
 */
@NullMarked
package io.mooring.testkit.redis;

import org.jspecify.annotations.NullMarked;
