/**
 * HTML that cannot be forged: {@link io.mooring.gitlab.web.html.Html} fills templates that are
 * constants of the program and escapes what is filled in. Immutable values, any thread. Knows
 * nothing of requests or of what is shown.
 */
@NullMarked
package io.mooring.gitlab.web.html;

import org.jspecify.annotations.NullMarked;
