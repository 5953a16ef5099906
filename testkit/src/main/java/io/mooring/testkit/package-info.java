/**
 * What tests of every module share: real servers, a clock that stands still, leak checks.
 *
 * <p>Main type: none here; each package holds one kind of help and can be used alone. {@link
 * io.mooring.testkit.TestkitException} is the one failure of the module. It knows nothing of the
 * programs under test.
 */
@NullMarked
package io.mooring.testkit;

import org.jspecify.annotations.NullMarked;
