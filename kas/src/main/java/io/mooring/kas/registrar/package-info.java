/**
 * Agents register, again and again, as long as they live (modules.md 6).
 *
 * <p>Main type: {@link io.mooring.kas.registrar.Registrar}. Handlers block on virtual threads.
 * Knows nothing of what else an agent does.
 */
@NullMarked
package io.mooring.kas.registrar;

import org.jspecify.annotations.NullMarked;
