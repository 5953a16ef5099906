package io.mooring.kas.git;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class ScriptedGitalyTest extends GitalyContract {
  private ScriptedGitaly gitaly;

  @BeforeEach
  void startGitaly() throws Exception {
    gitaly = new ScriptedGitaly();
  }

  @AfterEach
  void stopGitaly() {
    gitaly.close();
  }

  @Override
  Repository repository() {
    return new Repository(gitaly.info(), ScriptedGitaly.entity("group/project"));
  }

  @Override
  String push(Map<String, String> files) {
    String commit = gitaly.commit(files);
    gitaly.point("refs/heads/main", commit);
    return commit;
  }
}
