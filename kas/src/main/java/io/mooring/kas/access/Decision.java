package io.mooring.kas.access;

/** Whether a caller may send requests to an agent's cluster. */
public sealed interface Decision permits Granted, Denied {}
