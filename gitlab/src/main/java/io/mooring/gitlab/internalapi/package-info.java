/**
 * The API for programs of ours: what kas asks about agents, and what Gitaly asks about pushes
 * (gitlab-side.md 1 and 7). Main types: {@code JwtFilter} and one controller a subject. Runs on
 * request threads.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.internalapi;
