package io.mooring.kas.git;

import com.google.protobuf.ByteString;

/**
 * A whole file.
 *
 * @param objectId of the blob; empty when the server did not tell
 * @param content its bytes; of a symbolic link its target
 */
record Blob(String objectId, ByteString content) {}
