/**
 * The gRPC servers of kas and what every RPC goes through, whatever its feature.
 *
 * <p>Main type: {@link io.mooring.kas.rpc.Feature}, what a part of kas offers. Handlers are
 * blocking code on virtual threads: {@link io.mooring.kas.rpc.ResponseStream} writes, {@link
 * io.mooring.kas.rpc.Wakeup} waits; those that wait for long are {@link io.mooring.kas.rpc.Rounds},
 * which hold no thread meanwhile. Knows no feature.
 */
@NullMarked
package io.mooring.kas.rpc;

import org.jspecify.annotations.NullMarked;
