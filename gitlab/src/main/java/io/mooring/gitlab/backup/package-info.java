/**
 * Backups: everything an installation is, in one folder, and a fresh installation made of it. Main
 * types: {@link io.mooring.gitlab.backup.Backup}, {@link io.mooring.gitlab.backup.Restore}. Runs
 * beside the application or without it; one thread; knows nothing of what the tables mean.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.backup;
