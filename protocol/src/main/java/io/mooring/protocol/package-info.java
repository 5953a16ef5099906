/** Root of what both ends of a connection share. */
@org.jspecify.annotations.NullMarked
package io.mooring.protocol;
