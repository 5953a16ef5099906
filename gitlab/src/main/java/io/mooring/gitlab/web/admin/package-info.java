/**
 * Pages of administrators: people, groups, what was done by whom, and how the instance is set up.
 * Who is no administrator is told that they do not exist. Rendered on the request's thread.
 */
@NullMarked
package io.mooring.gitlab.web.admin;

import org.jspecify.annotations.NullMarked;
