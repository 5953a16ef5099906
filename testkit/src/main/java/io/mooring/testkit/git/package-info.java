/**
 * The real git in directories of a test, untouched by the settings of machine and user.
 *
 * <p>Main type: {@link io.mooring.testkit.git.GitCommand}. May be used from any thread, one at a
 * time per directory. Knows nothing of our own Git server.
 */
@NullMarked
package io.mooring.testkit.git;

import org.jspecify.annotations.NullMarked;
