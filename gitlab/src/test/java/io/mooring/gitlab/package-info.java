/** Tests of the GitLab application over real HTTP, with real PostgreSQL, Gitaly and git. */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab;
