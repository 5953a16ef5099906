/** The first page: what needs attention and what to do next. Rendered on the request's thread. */
@NullMarked
package io.mooring.gitlab.web.home;

import org.jspecify.annotations.NullMarked;
