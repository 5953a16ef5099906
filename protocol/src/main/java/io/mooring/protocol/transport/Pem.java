package io.mooring.protocol.transport;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and private keys out of PEM text (RFC 7468); keys also in the older forms of
 * OpenSSL.
 */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

  // AlgorithmIdentifier of rsaEncryption, RFC 8017 appendix C.
  private static final byte[] RSA = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };
  // OID id-ecPublicKey, RFC 5480 2.1.1.
  private static final byte[] EC_OID = {
    0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
  };
  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

  private Pem() {}

  static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
    var found = new ArrayList<X509Certificate>();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    Matcher blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      if (blocks.group(1).equals("CERTIFICATE") || blocks.group(1).equals("TRUSTED CERTIFICATE")) {
        found.add(
            (X509Certificate)
                factory.generateCertificate(new ByteArrayInputStream(decode(blocks.group(2)))));
      }
    }
    return found;
  }

  static PrivateKey privateKey(String text) throws GeneralSecurityException {
    Matcher blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      switch (blocks.group(1)) {
        case "PRIVATE KEY" -> {
          return pkcs8(decode(blocks.group(2)), "RSA", "EC", "EdDSA");
        }
        case "RSA PRIVATE KEY" -> {
          if (blocks.group(2).contains("ENCRYPTED")) {
            throw new InvalidKeySpecException("the private key is encrypted");
          }
          return pkcs8(wrapped(RSA, decode(blocks.group(2))), "RSA");
        }
        case "EC PRIVATE KEY" -> {
          byte[] key = decode(blocks.group(2));
          return pkcs8(wrapped(der(0x30, EC_OID, curve(key)), key), "EC");
        }
        case "ENCRYPTED PRIVATE KEY" ->
            throw new InvalidKeySpecException("the private key is encrypted");
        default -> {
          // Certificates and parameters may stand beside the key.
        }
      }
    }
    throw new InvalidKeySpecException("there is no private key in it");
  }

  private static PrivateKey pkcs8(byte[] encoded, String... algorithms)
      throws GeneralSecurityException {
    for (String algorithm : algorithms) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException e) {
        // A key names its algorithm only inside; the next one may fit.
      }
    }
    throw new InvalidKeySpecException("the private key is not of " + String.join(", ", algorithms));
  }

  private static byte[] decode(String base64) throws InvalidKeySpecException {
    try {
      return Base64.getMimeDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new InvalidKeySpecException("a PEM block is not base64");
    }
  }

  /** PrivateKeyInfo of RFC 5208 around a key in its algorithm's own form. */
  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    return der(0x30, VERSION_0, algorithm, der(0x04, key));
  }

  private static byte[] der(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    var out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** The named curve of an ECPrivateKey (RFC 5915 3): content of its element [0]. */
  private static byte[] curve(byte[] key) throws InvalidKeySpecException {
    int at = element(key, 0)[0];
    while (at < key.length) {
      int[] bounds = element(key, at);
      if ((key[at] & 0xff) == 0xa0) {
        return java.util.Arrays.copyOfRange(key, bounds[0], bounds[1]);
      }
      at = bounds[1];
    }
    throw new InvalidKeySpecException("the EC private key does not name its curve");
  }

  /** Start and end of the content of the DER element at this index. */
  private static int[] element(byte[] der, int at) throws InvalidKeySpecException {
    if (at + 2 <= der.length) {
      int first = der[at + 1] & 0xff;
      int octets = first < 0x80 ? 0 : first & 0x7f;
      int length = first < 0x80 ? first : 0;
      int start = at + 2 + octets;
      if (octets <= 2 && start <= der.length) {
        for (int i = 0; i < octets; i++) {
          length = (length << 8) | (der[at + 2 + i] & 0xff);
        }
        if (start + length <= der.length) {
          return new int[] {start, start + length};
        }
      }
    }
    throw new InvalidKeySpecException("the EC private key is cut short");
  }
}
