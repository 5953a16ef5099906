/**
 * Calls that the application makes on kas (gitlab-side.md 2). Main type: {@link
 * io.mooring.gitlab.kas.KasClient}. Calls block the thread that makes them for at most five
 * seconds. Knows nothing of who asks and why.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.kas;
