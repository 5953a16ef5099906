/**
 * The memory of who did what: administrative acts as they happen. Main type: {@link
 * io.mooring.gitlab.audit.AuditEvents}. Runs on the thread and in the transaction of the act. Knows
 * nothing of people, projects or agents beyond their ids and names, which outlive them.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.audit;
