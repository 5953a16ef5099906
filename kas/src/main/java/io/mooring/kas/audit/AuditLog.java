package io.mooring.kas.audit;

/** Takes records of requests. */
@FunctionalInterface
public interface AuditLog {
  /** Takes a record. Never blocks, on any thread; what is too much is dropped and counted. */
  void add(AuditRecord record);
}
