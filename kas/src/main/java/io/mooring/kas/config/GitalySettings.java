package io.mooring.kas.config;

/**
 * Limits towards Gitaly.
 *
 * @param globalApiRateLimit of calls to all servers together
 * @param perServerApiRateLimit of calls over one connection
 */
public record GitalySettings(TokenBucket globalApiRateLimit, TokenBucket perServerApiRateLimit) {
  static GitalySettings read(Section section) {
    return new GitalySettings(
        TokenBucket.read(section.section("global_api_rate_limit"), 30, 70),
        TokenBucket.read(section.section("per_server_api_rate_limit"), 15, 40));
  }
}
