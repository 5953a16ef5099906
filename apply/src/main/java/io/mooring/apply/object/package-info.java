/**
 * Kubernetes objects as JSON trees, and their identities. Main type: {@link
 * io.mooring.apply.object.ObjectRef}. Values only, safe for any thread. It must not know where
 * objects come from (files, a server) nor what is done with them.
 */
@NullMarked
package io.mooring.apply.object;

import org.jspecify.annotations.NullMarked;
