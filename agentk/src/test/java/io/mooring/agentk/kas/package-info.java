/** A kas that plays what a test tells it, over the real wire. */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.kas;
