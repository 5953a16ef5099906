/**
 * Repositories as a whole: the RPCs of RepositoryService, creation, removal and housekeeping. Main
 * type: {@link io.mooring.gitaly.repository.RepositoryCalls}. Each call runs on its own virtual
 * thread.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.repository;
