/**
 * Groups, projects, who belongs to them and what they may do there. Main types: {@link
 * io.mooring.gitlab.project.Project}, {@link io.mooring.gitlab.project.Access}. Runs on request
 * threads; knows nothing of agents and of how git travels.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.project;
