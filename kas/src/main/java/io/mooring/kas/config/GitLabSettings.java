package io.mooring.kas.config;

import io.mooring.protocol.SettingException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The GitLab that kas belongs to.
 *
 * @param address base URL of the REST API; may have a path
 * @param externalUrl address under which people reach GitLab, told to agents
 * @param authenticationSecretFile base64 of the 32 bytes that kas signs its tokens for GitLab with
 * @param caCertificateFile PEM certificates to trust beside the system's
 * @param apiRateLimit limit of calls to GitLab
 */
public record GitLabSettings(
    URI address,
    Optional<URI> externalUrl,
    Path authenticationSecretFile,
    Optional<Path> caCertificateFile,
    TokenBucket apiRateLimit) {

  static GitLabSettings read(Section section) {
    return new GitLabSettings(
        url(
            section.path("address"),
            section.requiredText("address", "URL of GitLab as kas reaches it; may have a path.")),
        section
            .optionalText(
                "external_url",
                "`scheme://host[:port]` under which people reach GitLab. Agents are told, and browsers may call from there.")
            .map(url -> url(section.path("external_url"), url)),
        section.requiredFile(
            "authentication_secret_file",
            "File with base64 of the 32 bytes that kas signs its calls to GitLab with."),
        section.optionalFile(
            "ca_certificate_file",
            "PEM file with certificates to trust in GitLab, beside the system's."),
        TokenBucket.read(section.section("api_rate_limit"), 50, 250));
  }

  private static URI url(String setting, String text) {
    try {
      URI url = new URI(text);
      String scheme = url.getScheme();
      if (("http".equals(scheme) || "https".equals(scheme)) && url.getHost() != null) {
        return url;
      }
    } catch (URISyntaxException e) {
      throw new SettingException(
          setting, text + " is not a URL (expected: https://gitlab.example.com)", e);
    }
    throw new SettingException(
        setting, text + " is not an HTTP URL (expected: https://gitlab.example.com)");
  }
}
