/**
 * Who is calling: users, their passwords, sessions and personal access tokens, and the filters that
 * find the caller of a request. Main types: {@link io.mooring.gitlab.identity.Caller}, {@link
 * io.mooring.gitlab.identity.Users}. Runs on request threads; knows nothing of what a caller may
 * do.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.identity;
