/** Holds the generated messages to the documents: schema, golden bytes, properties. */
@NullMarked
package io.mooring.protocol.wire;

import org.jspecify.annotations.NullMarked;
