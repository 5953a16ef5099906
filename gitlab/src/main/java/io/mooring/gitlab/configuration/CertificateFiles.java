package io.mooring.gitlab.configuration;

import io.mooring.gitlab.configuration.GitLabConfiguration.Tls;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.transport.ServerTls;
import java.security.GeneralSecurityException;
import java.security.Signature;

/**
 * Judges certificate and key before anything is started. The web server would start with files that
 * do not belong together, and then refuse every connection.
 */
public final class CertificateFiles {
  private static final String CERTIFICATE = "http.tls.certificate_file";
  private static final String KEY = "http.tls.key_file";
  private static final byte[] SIGNED = {1, 2, 3};

  private CertificateFiles() {}

  /**
   * Refuses files that the listener cannot use.
   *
   * @throws SettingException naming the setting
   */
  public static void require(Tls tls) {
    ServerTls pair =
        ServerTls.read(CERTIFICATE, tls.certificateFile().toString(), KEY, tls.keyFile().toString())
            .orElseThrow(() -> new SettingException(CERTIFICATE, "empty (expected: a path)"));
    SecretFile.requirePrivate(KEY, tls.keyFile());
    if (!isPair(pair)) {
      throw new SettingException(
          KEY,
          tls.keyFile()
              + " is not the key of the certificate in "
              + tls.certificateFile()
              + " (expected: the key it was made with; the listener's certificate stands first)");
    }
  }

  private static boolean isPair(ServerTls pair) {
    try {
      Signature signature = Signature.getInstance(algorithm(pair.key().getAlgorithm()));
      signature.initSign(pair.key());
      signature.update(SIGNED);
      byte[] signed = signature.sign();
      signature.initVerify(pair.chain().getFirst().getPublicKey());
      signature.update(SIGNED);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // Such as the public key of another algorithm.
    }
  }

  private static String algorithm(String key) {
    return switch (key) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key;
    };
  }
}
