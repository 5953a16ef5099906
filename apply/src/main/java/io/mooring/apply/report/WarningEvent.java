package io.mooring.apply.report;

import io.mooring.apply.object.ObjectRef;

/**
 * A Kubernetes Event of type Warning about a managed object or something it owns.
 *
 * @param object the object the Event is about: the managed one, or for example one of its Pods
 * @param managed the managed object it belongs to
 * @param reason short machine-readable reason, such as {@code FailedScheduling}
 * @param count how often it was seen
 */
public record WarningEvent(
    ObjectRef object, ObjectRef managed, String reason, String message, int count) {}
