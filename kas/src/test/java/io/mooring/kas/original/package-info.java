/**
 * Peers that behave as the documents of the wire say GitLab's own programs of v16.5 do, where those
 * programs cannot be had: raw gRPC calls and Redis commands, with their numbers, order of messages
 * and bytes. Nothing here uses the code that it is to be held against.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.kas.original;
