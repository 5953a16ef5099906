package io.mooring.apply.manifest;

import io.mooring.apply.object.JsonObject;

/**
 * One document of a file.
 *
 * @param content what it says
 * @param locator finds the places of its parts
 */
record Document(JsonObject content, Locator locator) {}
