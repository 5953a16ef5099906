/**
 * Holds a stream of messages to the order that its .proto file declares (wire.md 5.2).
 *
 * <p>Main type: {@link io.mooring.protocol.automata.MessageOrder}, one for each direction of a
 * stream, used by the thread that reads it. It knows nothing of gRPC calls but the status of its
 * errors.
 */
@NullMarked
package io.mooring.protocol.automata;

import org.jspecify.annotations.NullMarked;
