package io.mooring.apply.cycle;

import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.cluster.Retry;
import io.mooring.apply.options.EngineOptions;

/**
 * What the parts of a cycle have in common.
 *
 * @param strict whether the server is to refuse fields it does not know (from 1.25 on)
 * @param allOrNothing whether nothing is applied when one object is invalid
 */
public record Settings(
    EngineOptions options, KubernetesApi api, Retry retry, boolean strict, boolean allOrNothing) {}
