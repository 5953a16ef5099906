package io.mooring.kas.store;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.List;

/**
 * Hashes whose fields expire one by one. In Redis a field holds an {@code ExpiringValue}, and the
 * whole key gets a time to live with every write, so that nothing stays when all replicas are gone.
 */
public interface ExpiringHashes {
  /**
   * One field of one hash.
   *
   * @param key of the hash
   * @param field its name
   * @param expiresAt when it stops to count; whole seconds are kept
   * @param payload may be empty
   */
  record Field(Key key, ByteString field, Instant expiresAt, ByteString payload) {}

  /**
   * Writes fields, each hash with all of its fields at once; a hash lives as long as its last
   * written field.
   */
  void put(List<Field> fields) throws StoreException;

  /** Removes fields, whatever they hold. */
  void remove(Key key, List<ByteString> fields) throws StoreException;

  /**
   * Payloads of the fields that have not expired. Expired ones are removed; unreadable ones are
   * skipped.
   */
  List<ByteString> read(Key key) throws StoreException;

  /** Names of the fields that have not expired, with the same side effects as {@link #read}. */
  List<ByteString> names(Key key) throws StoreException;

  /** Number of fields, expired ones included until somebody removes them. */
  long length(Key key) throws StoreException;

  /**
   * Removes expired fields, except those that were renewed meanwhile.
   *
   * @return how many were removed
   */
  int collect(Key key) throws StoreException;
}
