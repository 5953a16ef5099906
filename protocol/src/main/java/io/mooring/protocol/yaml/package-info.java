/**
 * Reads a YAML document into a protobuf message, strictly, with the position of everything that is
 * wrong (config.md 0). Main type: {@link io.mooring.protocol.yaml.ProtoYaml}. Stateless, any
 * thread. The input is hostile: depth, size and expansion are bounded. Knows no particular message.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.protocol.yaml;
