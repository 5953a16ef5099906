/**
 * The description of the REST API in OpenAPI 3.0, made of what Spring dispatches to, the records
 * that controllers answer with, and the notes in {@code routes.txt}. Main type: {@link
 * io.mooring.gitlab.openapi.ApiDocument}. Made once, when it is first asked for; knows nothing of
 * what the routes do.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.openapi;
