/**
 * Contents of files: the RPCs of BlobService. Main type: {@link io.mooring.gitaly.blob.BlobCalls}.
 * Each call runs on its own virtual thread.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.blob;
