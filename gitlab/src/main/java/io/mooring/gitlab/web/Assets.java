package io.mooring.gitlab.web;

import static java.util.Map.entry;

import io.mooring.gitlab.web.html.Link;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.stereotype.Component;

/**
 * Styles, scripts and pictures of the pages, read once. Their addresses hold a digest of all of
 * them, so browsers may keep them for ever. Immutable.
 */
@Component
class Assets {
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          entry("app.css", "text/css; charset=utf-8"),
          entry("icon.svg", "image/svg+xml"),
          entry("app.js", SCRIPT),
          entry("live.js", SCRIPT),
          entry("morph.js", SCRIPT),
          entry("dom.js", SCRIPT),
          entry("cluster.js", SCRIPT),
          entry("cluster-api.js", SCRIPT),
          entry("cluster-kinds.js", SCRIPT),
          entry("cluster-list.js", SCRIPT),
          entry("cluster-detail.js", SCRIPT),
          entry("cluster-logs.js", SCRIPT),
          entry("cluster-problems.js", SCRIPT),
          entry("cluster-tones.js", SCRIPT),
          entry("cluster-yaml.js", SCRIPT),
          entry("actioncable.js", SCRIPT));

  private static final int DIGEST_LENGTH = 12;

  private final Map<String, Asset> files = new LinkedHashMap<>();
  private final String digest;

  /** A file as it is sent. */
  record Asset(String type, Resource plain, Resource gzip) {}

  Assets() {
    MessageDigest all = sha256();
    TYPES.keySet().stream()
        .sorted()
        .forEach(name -> {
          byte[] bytes = read(name);
          all.update(bytes);
          files.put(
              name,
              new Asset(
                  Optional.ofNullable(TYPES.get(name)).orElseThrow(),
                  new ByteArrayResource(bytes),
                  new ByteArrayResource(gzip(bytes))));
        });
    digest = HexFormat.of().formatHex(all.digest()).substring(0, DIGEST_LENGTH);
  }

  /** Where a file is. */
  Link link(String name) {
    return Link.to("/assets/{}/{}", digest, name);
  }

  /** The digest in the addresses. */
  String digest() {
    return digest;
  }

  Optional<Asset> find(String name) {
    return Optional.ofNullable(files.get(name));
  }

  private static byte[] read(String name) {
    try (InputStream in = Assets.class.getResourceAsStream("assets/" + name)) {
      if (in == null) {
        throw new IllegalStateException(
            "the asset "
                + name
                + " is missing (expected: in the jar, from src/main/resources or npm)");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] gzip(byte[] bytes) {
    var out = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
