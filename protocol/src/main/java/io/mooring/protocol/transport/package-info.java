/**
 * Addresses, TLS and channel settings of every connection between the programs (wire.md 2). Main
 * types: {@link io.mooring.protocol.transport.KasAddress}, {@link
 * io.mooring.protocol.transport.ClientTls}, {@link io.mooring.protocol.transport.ListenAddress}.
 * Immutable values, any thread; what owns event loops says so. Knows no service and no credentials.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.protocol.transport;
