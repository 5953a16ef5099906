package io.mooring.gitlab.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One request that kas proxied to a cluster or refused, as kas told of it and as the API shows it.
 * What is not known is absent. Names are those of the contract with kas ({@code docs/audit.md}).
 *
 * @param id number in the database
 * @param requestId what kas calls it, unique
 * @param time when it began
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RequestRecord(
    long id,
    String requestId,
    Instant time,
    @Nullable Long durationMs,
    long agentId,
    @Nullable Long configProjectId,
    @Nullable String credential,
    @Nullable Long userId,
    @Nullable String username,
    @Nullable Long jobId,
    @Nullable Long ciProjectId,
    @Nullable String identity,
    @Nullable String method,
    @Nullable String path,
    @Nullable String verb,
    @Nullable String apiGroup,
    @Nullable String apiVersion,
    @Nullable String resource,
    @Nullable String subresource,
    @Nullable String namespace,
    @Nullable String name,
    @Nullable Integer status,
    @Nullable Long bytesIn,
    @Nullable Long bytesOut,
    @Nullable Boolean upgraded,
    @Nullable String refusal,
    @Nullable String clientAddress,
    @Nullable String userAgent) {}
