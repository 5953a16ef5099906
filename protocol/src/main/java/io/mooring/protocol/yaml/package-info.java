/**
 * Reads YAML strictly, with the position of everything that is wrong: a document into a protobuf
 * message ({@link io.mooring.protocol.yaml.ProtoYaml}, config.md 0), which may be hostile: depth,
 * size and expansion are bounded; and the configuration file of a program setting by setting
 * ({@link io.mooring.protocol.yaml.Settings}). One thread a document. Knows no particular message
 * or program.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.protocol.yaml;
