/**
 * What follows a push: the default branch is looked at anew, and kas is told, until it knows. Main
 * types: {@link io.mooring.gitlab.push.PushReceiver}, {@code PushCourier}. Knows nothing of how the
 * push came.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.push;
