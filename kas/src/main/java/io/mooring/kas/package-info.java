/**
 * The program: {@link io.mooring.kas.Kas} builds every part with constructors and starts the
 * listeners.
 *
 * <p>A package below is a feature or what several features share; a new feature is one package and
 * one line here.
 */
@NullMarked
package io.mooring.kas;

import org.jspecify.annotations.NullMarked;
