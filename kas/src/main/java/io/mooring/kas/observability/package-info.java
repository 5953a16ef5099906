/**
 * What operators see of kas: metrics and probes.
 *
 * <p>Main type: {@link io.mooring.kas.observability.KasMetrics}, where every metric is declared.
 * Metrics may be counted on any thread; those that ask the store do so within a second. Knows no
 * feature.
 */
@NullMarked
package io.mooring.kas.observability;

import org.jspecify.annotations.NullMarked;
