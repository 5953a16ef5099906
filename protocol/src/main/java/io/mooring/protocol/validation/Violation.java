package io.mooring.protocol.validation;

/**
 * A rule that a message breaks.
 *
 * @param path the field from the root of the message, as in {@code gitops.manifest_projects[0].id};
 *     of a oneof without a member the message that has it; empty is the message itself
 * @param message what is wrong, as in {@code invalid ConfigurationResponse.CommitId: value length
 *     must be at least 1 bytes}
 * @param expected what would be right, as in {@code one of tag, branch, commit}
 */
public record Violation(String path, String message, String expected) {}
