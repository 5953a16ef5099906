package io.mooring.protocol.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.wire.agentcfg.ManifestProjectCF;
import io.mooring.wire.gitaly.FindChangedPathsRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoNameTest {

  @ParameterizedTest
  @CsvSource({
    "id, Id",
    "commit_id, CommitId",
    "gl_project_path, GlProjectPath",
    "upgradeData, UpgradeData",
    "range1_x, Range1X",
    "a_1b, A_1B",
    "_private, XPrivate",
    "open__shut, Open_Shut",
    "end_, End_",
  })
  void fieldsAreInCamelCase(String proto, String go) {
    assertThat(GoName.camelCase(proto)).isEqualTo(go);
  }

  @Test
  void nestedTypesAreJoinedByUnderscores() {
    assertThat(GoName.of(ManifestProjectCF.getDescriptor())).isEqualTo("ManifestProjectCF");
    assertThat(GoName.of(FindChangedPathsRequest.Request.TreeRequest.getDescriptor()))
        .isEqualTo("FindChangedPathsRequest_Request_TreeRequest");
  }
}
