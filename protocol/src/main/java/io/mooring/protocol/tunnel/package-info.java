/**
 * What an RPC leaves in messages when it is carried by another one (tunnel.md 2.2, 3.3, 5.1). Main
 * types: {@link io.mooring.protocol.tunnel.CarriedMetadata}, {@link
 * io.mooring.protocol.tunnel.CarriedStatus}, {@link io.mooring.protocol.tunnel.WholeMessages}.
 * Stateless, any thread. Knows no stream.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.protocol.tunnel;
