/**
 * Judges messages by the rules that stand in their .proto files as options of the package
 * mooring.validate.
 *
 * <p>Main type: {@link io.mooring.protocol.validation.Validator}; both ends of a call put it to
 * work with the two interceptors. The rules of a type are compiled once and kept; everything is
 * stateless besides and may be called from any thread. It knows nothing of what a message is for.
 */
@NullMarked
package io.mooring.protocol.validation;

import org.jspecify.annotations.NullMarked;
