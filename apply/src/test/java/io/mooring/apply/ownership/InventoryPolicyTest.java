package io.mooring.apply.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InventoryPolicyTest {

  @ParameterizedTest
  @Tag("fault-53")
  @CsvSource({
    "MUST_MATCH, 5-1, true",
    "MUST_MATCH, 5-2, false",
    "MUST_MATCH, , false",
    "MUST_MATCH, '', false",
    "ADOPT_IF_NO_INVENTORY, 5-1, true",
    "ADOPT_IF_NO_INVENTORY, 5-2, false",
    "ADOPT_IF_NO_INVENTORY, , true",
    "ADOPT_IF_NO_INVENTORY, '', true",
    "ADOPT_ALL, 5-1, true",
    "ADOPT_ALL, 5-2, true",
    "ADOPT_ALL, , true"
  })
  void allowsWhatTheTableSays(
      InventoryPolicy policy, @org.jspecify.annotations.Nullable String owner, boolean allowed) {
    assertThat(policy.allows("5-1", Optional.ofNullable(owner))).isEqualTo(allowed);
  }
}
