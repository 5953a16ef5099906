/**
 * The REST API over what was written down: requests to clusters, and administrative acts. Runs on
 * request threads. Knows nothing of how records come into being.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.auditapi;
