/**
 * What an engine is told to do. Main type: {@link io.mooring.apply.options.EngineOptions}.
 * Immutable values with checked ranges and the defaults of the agent's configuration file. It must
 * not know how anything is done.
 */
@NullMarked
package io.mooring.apply.options;

import org.jspecify.annotations.NullMarked;
