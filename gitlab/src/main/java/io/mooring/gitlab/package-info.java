/**
 * The GitLab application: the program itself and how its parts are put together. Main type: {@link
 * io.mooring.gitlab.GitLabApplication}. Requests run on virtual threads of Spring's web server.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab;
