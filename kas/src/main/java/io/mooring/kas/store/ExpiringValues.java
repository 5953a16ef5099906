package io.mooring.kas.store;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.Optional;

/** Single values with a time to live. */
public interface ExpiringValues {
  /** The value, if it is there and has not expired. */
  Optional<ByteString> get(Key key) throws StoreException;

  /** Writes the value. */
  void set(Key key, ByteString value, Duration ttl) throws StoreException;
}
