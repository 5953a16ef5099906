package io.mooring.apply.watch;

/**
 * What is watched.
 *
 * @param path path of the objects
 * @param query selector, such as {@code labelSelector=a%3Db}; empty for all objects
 * @param fromNow whether what is there already is of no interest, so that nothing is listed
 */
public record Target(String path, String query, boolean fromNow) {}
