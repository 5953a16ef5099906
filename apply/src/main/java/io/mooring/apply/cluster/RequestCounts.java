package io.mooring.apply.cluster;

/**
 * Requests sent so far.
 *
 * @param reads single objects and discovery
 * @param lists lists, each page counted
 * @param watches watches begun
 * @param writes everything that may change the cluster; dry runs are not counted
 */
public record RequestCounts(long reads, long lists, long watches, long writes) {}
