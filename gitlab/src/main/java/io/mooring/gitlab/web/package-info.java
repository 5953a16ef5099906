/**
 * The pages people see: what all of them share, from the frame ({@link
 * io.mooring.gitlab.web.Layout}) to errors. Packages below own the pages of one subject each. Pages
 * are rendered on the request's virtual thread and keep nothing between requests. Changes go
 * through the classes that the REST API uses, so that both have the same rules.
 */
@NullMarked
package io.mooring.gitlab.web;

import org.jspecify.annotations.NullMarked;
