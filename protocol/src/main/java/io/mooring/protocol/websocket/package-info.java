/**
 * gRPC through WebSocket binary messages (wire.md 2.7), both ends, inside grpc-netty's own
 * pipeline. Main types: {@link io.mooring.protocol.websocket.WebSocketServers}, {@link
 * io.mooring.protocol.websocket.WebSocketChannels}. A connection is set up by stages that replace
 * each other; {@link io.mooring.protocol.websocket.MessageStream} then stays and turns messages
 * into bytes and back. Handlers belong to the event loop of their connection. Knows no service, no
 * credentials and nothing of HTTP/2 but its first 24 bytes.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.protocol.websocket;
