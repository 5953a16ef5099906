package io.mooring.apply.manifest;

/** Bounds of what is read; every one is far above what a cluster accepts. */
final class Limits {
  /**
   * One file. kas sends at most 20 MiB in all by default; this leaves room for a raised setting.
   */
  static final int MAX_SOURCE_BYTES = 64 << 20;

  /**
   * Values in one document: about what a file of the largest size that is sent by default can hold.
   */
  static final int MAX_VALUES = 1_000_000;

  /** Values that come from aliases. An object of 1 MiB, the most etcd takes, rarely has 20,000. */
  static final int MAX_ALIASED_VALUES = 20_000;

  /**
   * Documents and list items of all files together; the inventory of more does not fit a ConfigMap.
   */
  static final int MAX_OBJECTS = 100_000;

  private Limits() {}
}
