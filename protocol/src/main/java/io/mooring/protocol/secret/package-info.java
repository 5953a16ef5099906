/**
 * Values that must never be shown, and the files they come from. Main type: {@link
 * io.mooring.protocol.secret.Secret}. Immutable, any thread. Knows nothing of what a secret is for.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.protocol.secret;
