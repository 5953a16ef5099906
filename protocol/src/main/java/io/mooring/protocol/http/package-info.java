/**
 * HTTP carried in gRPC messages (tunnel.md 6): the messages of one exchange, and the headers as
 * both ends must see them. Main types: {@link io.mooring.protocol.http.HttpMessages}, {@link
 * io.mooring.protocol.http.Headers}. Stateless, any thread. Knows no stream and no HTTP library.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.protocol.http;
