/**
 * What an operator decides: the configuration as values, and the YAML file it is read from. Main
 * type: {@link io.mooring.gitlab.configuration.GitLabConfiguration}. Immutable. Knows nothing of
 * who uses a setting.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.configuration;
