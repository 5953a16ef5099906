package io.mooring.kas.config;

/**
 * What the reference says of one field.
 *
 * @param path dotted names from the root of the file
 * @param type as the file writes it
 * @param rule allowed values, empty when any
 * @param fallback value of an absent field, as the file would write it; empty when there is none
 * @param description what it is for, in sentences
 */
record Setting(String path, String type, String rule, String fallback, String description) {}
