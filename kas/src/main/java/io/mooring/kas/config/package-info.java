/**
 * The configuration file of kas (config.md C) as a tree of immutable records.
 *
 * <p>Main type: {@link io.mooring.kas.config.KasConfiguration}. Names, defaults and explanations
 * stand once, in the {@code read} method of each record; the reference in {@code docs/} is made
 * from them. Any thread. Knows nothing of what the settings are for.
 */
@NullMarked
package io.mooring.kas.config;

import org.jspecify.annotations.NullMarked;
