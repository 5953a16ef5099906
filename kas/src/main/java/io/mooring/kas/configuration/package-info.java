/**
 * Configuration of agents: read from Git, sent to the agent, told to GitLab (config.md B).
 *
 * <p>Main type: {@link io.mooring.kas.configuration.Configurations}. Each RPC is blocking code on a
 * virtual thread of its own. Knows what a file may say, not what it means: defaults are the
 * agent's.
 */
@NullMarked
package io.mooring.kas.configuration;

import org.jspecify.annotations.NullMarked;
