/**
 * Clone, fetch and push over HTTP. Main type: {@code GitHttpController}. Bytes are handed on as
 * they come, in both directions; a transfer holds one virtual thread, and a second one while its
 * request is read.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.githttp;
