/**
 * Finds secrets where none may be: in output, logs, errors and files.
 *
 * <p>Main types: {@link io.mooring.testkit.secret.Canaries} and {@link
 * io.mooring.testkit.secret.CapturedOutput}. May be used from any thread. Knows nothing of what the
 * secrets open.
 */
@NullMarked
package io.mooring.testkit.secret;

import org.jspecify.annotations.NullMarked;
