/**
 * What the engine tells: results of cycles, states of objects, warnings of the cluster. Main type:
 * {@link io.mooring.apply.report.EngineListener}. A listener is called by one thread at a time. It
 * must not know how the facts came about. No text here ever holds a value of a Secret.
 */
@NullMarked
package io.mooring.apply.report;

import org.jspecify.annotations.NullMarked;
