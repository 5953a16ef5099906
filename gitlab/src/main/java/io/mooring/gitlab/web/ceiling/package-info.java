/** How pages show a ceiling. Pure functions; any thread. Knows nothing of who looks. */
@NullMarked
package io.mooring.gitlab.web.ceiling;

import org.jspecify.annotations.NullMarked;
