package io.mooring.kas.rpc;

/** The age of what never gets old. */
enum Ageless implements AgeContext {
  INSTANCE;

  @Override
  public boolean expired() {
    return false;
  }

  @Override
  public Registration onExpire(Runnable action) {
    return () -> {};
  }
}
