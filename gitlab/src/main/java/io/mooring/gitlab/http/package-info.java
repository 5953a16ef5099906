/**
 * What every HTTP endpoint has in common: errors in GitLab's form, parameters, pages, request ids,
 * size limits, who is calling from where. Main types: {@link io.mooring.gitlab.http.ApiException},
 * {@link io.mooring.gitlab.http.Parameters}. Runs on request threads; knows nothing of projects or
 * people.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.http;
