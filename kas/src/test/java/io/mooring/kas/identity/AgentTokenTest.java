package io.mooring.kas.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.mooring.protocol.secret.Secret;
import java.security.MessageDigest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AgentTokenTest {
  private final AgentToken token = new AgentToken(Secret.of("abcdefg"));

  @Test
  void isFoundInTheContextOfAnRpc() throws Exception {
    assertThat(token.within(Context.current()).call(AgentToken::current)).isEqualTo(token);
    assertThatThrownBy(AgentToken::current).isInstanceOf(IllegalStateException.class);
  }

  @Test
  @Tag("wire-56")
  void isKnownInRedisByTheDigestOfItsFirstHalfRoundedDown() throws Exception {
    assertThat(token.halfDigest())
        .isEqualTo(MessageDigest.getInstance("SHA-256").digest(new byte[] {'a', 'b', 'c'}));
  }

  @Test
  void equalsAnotherOfTheSameText() {
    assertThat(token).isEqualTo(new AgentToken(Secret.of("abcdefg")));
    assertThat(token).hasSameHashCodeAs(new AgentToken(Secret.of("abcdefg")));
    assertThat(token).isNotEqualTo(new AgentToken(Secret.of("abcdefh")));
  }

  @Test
  void showsNothingOfItself() {
    assertThat(token).hasToString("***");
  }
}
