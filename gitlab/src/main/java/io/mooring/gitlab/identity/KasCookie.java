package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.Json;
import io.mooring.protocol.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.spec.KeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The cookie {@code _gitlab_kas}, by which kas knows a browser: a session's public id, encrypted as
 * Rails encrypts cookies (gitlab-side.md 2.5). Thread-safe.
 */
public final class KasCookie {
  /** Name of the cookie. */
  public static final String NAME = "_gitlab_kas";

  private static final String PURPOSE = "kas.user_public_session_id";
  private static final String SALT = "authenticated encrypted cookie";
  private static final int ITERATIONS = 1000;
  private static final int KEY_BITS = 256;
  private static final int IV_BYTES = 12;
  private static final int TAG_BYTES = 16;

  /** Ours have under 300 characters. */
  private static final int MAX_LENGTH = 4096;

  private final SecretKeySpec key;
  private final TokenGenerator generator;

  /** Cookies under a secret of this application. */
  public KasCookie(Secret keyBase, TokenGenerator generator) {
    this.key = derive(keyBase);
    this.generator = generator;
  }

  /** The value for a session, not yet percent-encoded. */
  String value(Secret publicId) {
    ObjectNode envelope = JsonNodeFactory.instance.objectNode();
    envelope
        .putObject("_rails")
        .put(
            "message",
            base64(
                Json.MAPPER.writeValueAsString(publicId.text()).getBytes(StandardCharsets.UTF_8)))
        .putNull("exp")
        .put("pur", PURPOSE);
    byte[] iv = generator.bytes(IV_BYTES);
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, iv)
              .doFinal(Json.MAPPER.writeValueAsString(envelope).getBytes(StandardCharsets.UTF_8));
      int length = sealed.length - TAG_BYTES;
      return base64(Arrays.copyOf(sealed, length))
          + "--"
          + base64(iv)
          + "--"
          + base64(Arrays.copyOfRange(sealed, length, sealed.length));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  /** The public id in a cookie that this application made; empty for anything else. */
  public Optional<String> publicId(String value) {
    String[] parts = value.split("--", -1);
    if (value.length() > MAX_LENGTH || parts.length != 3) {
      return Optional.empty();
    }
    try {
      byte[] text = Base64.getDecoder().decode(parts[0]);
      byte[] iv = Base64.getDecoder().decode(parts[1]);
      byte[] tag = Base64.getDecoder().decode(parts[2]);
      if (iv.length != IV_BYTES || tag.length != TAG_BYTES) {
        return Optional.empty();
      }
      byte[] sealed = Arrays.copyOf(text, text.length + TAG_BYTES);
      System.arraycopy(tag, 0, sealed, text.length, TAG_BYTES);
      JsonNode envelope = Json.MAPPER.readTree(cipher(Cipher.DECRYPT_MODE, iv).doFinal(sealed));
      JsonNode rails = envelope.path("_rails");
      if (!rails.path("pur").asString("").equals(PURPOSE)) {
        return Optional.empty();
      }
      JsonNode id =
          Json.MAPPER.readTree(Base64.getDecoder().decode(rails.path("message").asString("")));
      return id.isString() ? Optional.of(id.asString()) : Optional.empty();
    } catch (GeneralSecurityException | IllegalArgumentException | JacksonException e) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] iv) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, iv));
    return cipher;
  }

  private static SecretKeySpec derive(Secret keyBase) {
    KeySpec spec =
        new PBEKeySpec(
            keyBase.text().toCharArray(),
            SALT.getBytes(StandardCharsets.US_ASCII),
            ITERATIONS,
            KEY_BITS);
    try {
      byte[] key =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
      return new SecretKeySpec(key, "AES");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has PBKDF2", e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
