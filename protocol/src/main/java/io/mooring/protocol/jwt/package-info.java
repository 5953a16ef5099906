/**
 * Signed tokens between the programs: JSON Web Tokens (wire.md 3.2-3.4) and Gitaly's own (3.5).
 * Main types: {@link io.mooring.protocol.jwt.JwtSigner}, {@link
 * io.mooring.protocol.jwt.JwtVerifier}. Immutable, any thread. Only HMAC algorithms exist here, so
 * a token cannot choose a weaker one. Knows no transport.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.protocol.jwt;
