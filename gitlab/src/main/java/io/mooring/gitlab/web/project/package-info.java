/**
 * Pages about projects and groups: lists, repositories, members and settings. {@link
 * io.mooring.gitlab.web.project.ProjectFrame} stands around all pages of one project. Rendered on
 * the request's thread.
 */
@NullMarked
package io.mooring.gitlab.web.project;

import org.jspecify.annotations.NullMarked;
