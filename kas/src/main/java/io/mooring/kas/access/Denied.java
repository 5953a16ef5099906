package io.mooring.kas.access;

/**
 * No access.
 *
 * @param status HTTP status of the answer
 * @param message text of the answer, without the prefix that all answers of kas have
 */
public record Denied(int status, String message) implements Decision {}
