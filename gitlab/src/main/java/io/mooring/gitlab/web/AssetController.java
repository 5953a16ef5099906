package io.mooring.gitlab.web;

import io.mooring.gitlab.http.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Objects;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Sends {@link Assets}. */
@RestController
class AssetController {
  private static final Duration FOR_EVER = Duration.ofDays(365);

  private final Assets assets;

  AssetController(Assets assets) {
    this.assets = assets;
  }

  @GetMapping("/assets/{digest}/{name}")
  ResponseEntity<Resource> asset(
      @PathVariable String digest, @PathVariable String name, HttpServletRequest request) {
    Assets.Asset asset = assets.find(name).orElseThrow(ApiException::notFound);
    boolean zipped =
        Objects.requireNonNullElse(request.getHeader(HttpHeaders.ACCEPT_ENCODING), "")
            .contains("gzip");
    var answer =
        ResponseEntity.ok()
            // A page of an older build may still ask for its own files.
            .cacheControl(
                digest.equals(assets.digest())
                    ? CacheControl.maxAge(FOR_EVER).cachePublic().immutable()
                    : CacheControl.noCache())
            .header(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING)
            .header(HttpHeaders.CONTENT_TYPE, asset.type());
    return zipped
        ? answer.header(HttpHeaders.CONTENT_ENCODING, "gzip").body(asset.gzip())
        : answer.body(asset.plain());
  }
}
