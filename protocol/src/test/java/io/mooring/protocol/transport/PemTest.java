package io.mooring.protocol.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.protocol.SettingException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void readsAKeyInTheCommonForm(String algorithm) throws Exception {
    PrivateKey key = KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();

    assertThat(Pem.privateKey("text before\n" + pem("PRIVATE KEY", key.getEncoded())))
        .isEqualTo(key);
  }

  @Test
  void readsAnRsaKeyInItsOldForm() throws Exception {
    PrivateKey key = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();
    byte[] encoded = key.getEncoded();
    // In a PrivateKeyInfo of this size the old form follows 26 bytes of framing.
    byte[] old = Arrays.copyOfRange(encoded, 26, encoded.length);

    assertThat(Pem.privateKey(pem("RSA PRIVATE KEY", old))).isEqualTo(key);
  }

  @Test
  void readsAnEcKeyInItsOldFormBesideItsParameters() throws Exception {
    String number = "11".repeat(32);
    byte[] old =
        HexFormat.of()
            .parseHex("3031" + "020101" + "0420" + number + "a00a" + "06082a8648ce3d030107");

    var key =
        (ECPrivateKey)
            Pem.privateKey(
                pem("EC PARAMETERS", HexFormat.of().parseHex("06082a8648ce3d030107"))
                    + pem("EC PRIVATE KEY", old));

    assertThat(key.getS().toString(16)).isEqualTo(number);
    assertThat(key.getParams().getOrder().bitLength()).isEqualTo(256);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3031", "30310201010420", "", "30820fff"})
  void refusesAnEcKeyThatIsCutShort(String hex) {
    assertThatThrownBy(() -> Pem.privateKey(pem("EC PRIVATE KEY", HexFormat.of().parseHex(hex))))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void saysWhatIsWrongWithAKey() {
    assertThatThrownBy(() -> Pem.privateKey("nothing")).hasMessageContaining("no private key");
    assertThatThrownBy(() -> Pem.privateKey(pem("ENCRYPTED PRIVATE KEY", new byte[8])))
        .hasMessageContaining("encrypted");
    assertThatThrownBy(() -> Pem.privateKey(pem("PRIVATE KEY", new byte[8])))
        .hasMessageContaining("RSA");
  }

  @Test
  void wantsCertificateAndKeyOrNeither() {
    assertThat(ServerTls.read("certificate_file", "", "key_file", "")).isEmpty();
    assertThatThrownBy(() -> ServerTls.read("certificate_file", "c", "key_file", ""))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("key_file: not set");
    assertThatThrownBy(() -> ServerTls.read("certificate_file", "", "key_file", "k"))
        .hasMessageStartingWith("certificate_file: not set");
    assertThatThrownBy(() -> ServerTls.read("certificate_file", "/none", "key_file", "k"))
        .hasMessageContaining("/none");
  }

  @Test
  void namesTheSettingOfAMissingCaFile() {
    assertThatThrownBy(() -> ClientTls.with("--ca-cert-file", Optional.of(Path.of("/none"))).grpc())
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("--ca-cert-file: /none");
  }

  private static String pem(String type, byte[] content) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder().encodeToString(content)
        + "\n-----END "
        + type
        + "-----\n";
  }
}
