/**
 * Pages about the person who looks: signing in and out, password, sessions and tokens. Rendered on
 * the request's thread; nothing is kept here.
 */
@NullMarked
package io.mooring.gitlab.web.account;

import org.jspecify.annotations.NullMarked;
