package io.mooring.apply.cycle;

import io.mooring.apply.manifest.Reading;
import java.time.Instant;

/**
 * A batch that was read.
 *
 * @param receivedAt when it was submitted
 */
public record Work(long projectId, String commitId, Reading reading, Instant receivedAt) {}
