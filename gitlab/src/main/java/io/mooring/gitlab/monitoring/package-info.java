/**
 * What operators look at: health, metrics and version. Main type: {@code HealthController}. Runs on
 * request threads.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.monitoring;
