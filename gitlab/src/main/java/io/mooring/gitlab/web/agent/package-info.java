/**
 * Pages about agents: lists, registration, and everything that is known of one. Rendered on the
 * request's thread from what the agent reported last and from what kas knows now.
 */
@NullMarked
package io.mooring.gitlab.web.agent;

import org.jspecify.annotations.NullMarked;
