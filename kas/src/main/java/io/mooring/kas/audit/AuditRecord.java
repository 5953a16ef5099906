package io.mooring.kas.audit;

import io.mooring.kas.access.Caller;
import io.mooring.kas.access.KubernetesRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One request: who, through what, asked what of which cluster, and what became of it. Holds no
 * query, no header but the program's name, and no credential.
 *
 * @param requestId unique; the same that logs and answers show
 * @param time when the request came
 * @param duration until its last byte
 * @param agentId the agent that was asked for
 * @param configProjectId its configuration project, once GitLab has told
 * @param credential the kind of credential
 * @param caller who GitLab says it is; absent when it was refused before that was known
 * @param identity what the cluster sees: {@code agent} or the name of the impersonated user
 * @param request what was asked
 * @param status HTTP status of the answer; absent when the client went before there was one
 * @param bytesIn of the request's body, or from the client of an upgraded connection
 * @param bytesOut of the answer's body, or to the client of an upgraded connection
 * @param upgraded whether the connection was upgraded
 * @param refusal text with which kas refused the request
 * @param clientAddress IP address of the client
 * @param userAgent what the client says it is; cut when long
 */
public record AuditRecord(
    String requestId,
    Instant time,
    Duration duration,
    OptionalLong agentId,
    OptionalLong configProjectId,
    Optional<Caller.Kind> credential,
    Optional<Caller> caller,
    Optional<String> identity,
    KubernetesRequest request,
    OptionalInt status,
    long bytesIn,
    long bytesOut,
    boolean upgraded,
    Optional<String> refusal,
    String clientAddress,
    String userAgent) {}
