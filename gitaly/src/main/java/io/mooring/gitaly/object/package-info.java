/**
 * Reading Git objects: revisions, tree entries by raw path, blobs in pieces. Main types: {@link
 * io.mooring.gitaly.object.Revisions}, {@link io.mooring.gitaly.object.TreeReader}. An object
 * reader belongs to one thread. Knows nothing of where a repository lies or who asks.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly.object;
