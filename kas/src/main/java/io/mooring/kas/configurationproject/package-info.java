/**
 * Tells GitLab which agents a project has configuration files for (wire.md 6.8).
 *
 * <p>Main type: {@link io.mooring.kas.configurationproject.ConfigurationProjects}. Answers on the
 * thread of the call. Knows nothing of what the files say.
 */
@NullMarked
package io.mooring.kas.configurationproject;

import org.jspecify.annotations.NullMarked;
