/**
 * Ceilings: what an administrator sets that no configuration of an agent can exceed. Main types:
 * {@link io.mooring.gitlab.ceiling.Ceiling}, {@link io.mooring.gitlab.ceiling.Ceilings}. Runs on
 * request threads. Knows nothing of credentials; kas applies what concerns one request.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.ceiling;
