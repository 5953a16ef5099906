/**
 * What is looked at before the server starts: folders, secrets, certificates and addresses. Each
 * refusal names the setting. Main type: {@link io.mooring.gitaly.startup.StartChecks}. Serves
 * nothing.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.startup;
