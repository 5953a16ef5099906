package io.mooring.testkit.kubernetes;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

/** What the API server answered. */
public record ApiResponse(int status, String body) {
  /** Whether the status is 2xx. */
  public boolean isSuccess() {
    return status / 100 == 2;
  }

  /** The body as a JSON object. */
  public JsonObject json() {
    return JsonParser.parseString(body).getAsJsonObject();
  }
}
