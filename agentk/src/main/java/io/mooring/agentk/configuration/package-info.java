/**
 * The agent's configuration as kas sends it (config.md B3). Main type: {@link
 * io.mooring.agentk.configuration.ConfigurationWatch}, one thread. A configuration is judged by
 * every feature before any of them takes it; a refused one changes nothing. Knows features only as
 * {@link io.mooring.agentk.configuration.Feature}.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.configuration;
