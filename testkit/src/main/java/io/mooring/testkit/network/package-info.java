/**
 * Networks with faults. Main type: {@link io.mooring.testkit.network.BadNetwork}: two network
 * namespaces of this process with a cable between them that loses, delays, doubles, reorders and
 * throttles packets.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.testkit.network;
