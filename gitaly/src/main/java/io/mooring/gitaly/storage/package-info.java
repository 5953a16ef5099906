/**
 * Where repositories lie on disk: storages, the checks that keep a path inside its storage, and
 * open repositories that are shared between calls. Main type: {@link
 * io.mooring.gitaly.storage.Repositories}. Any thread. Of the protocol it knows only how a
 * repository is named.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.storage;
