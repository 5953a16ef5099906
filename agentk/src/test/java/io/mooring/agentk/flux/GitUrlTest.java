package io.mooring.agentk.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("wire-92")
class GitUrlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "https://gitlab.example.com | https://gitlab.example.com/group/project.git | group/project",
        "https://gitlab.example.com | https://gitlab.example.com/group/project | group/project",
        "https://gitlab.example.com/ | HTTPS://GitLab.Example.com/Group/Sub/Project.git | Group/Sub/Project",
        "https://gitlab.example.com | ssh://git@gitlab.example.com/group/project.git | group/project",
        "https://gitlab.example.com | ssh://git@gitlab.example.com:2222/group/project.git | group/project",
        "https://gitlab.example.com:8443 | ssh://git@gitlab.example.com/group/project.git | group/project",
        "https://gitlab.example.com | http://gitlab.example.com/group/project.git | group/project",
        "https://gitlab.example.com:8443 | https://gitlab.example.com:8443/group/project.git | group/project",
        "https://gitlab.example.com:8443 | https://gitlab.example.com/group/project.git | none",
        "https://gitlab.example.com | https://user:token@gitlab.example.com/group/project.git | group/project",
        "https://gitlab.example.com | https://gitlab.example.com/group/my%2Fproject.git | group/my/project",
        "https://gitlab.example.com | https://gitlab.example.com/group/a+b.git | group/a+b",
        "https://gitlab.example.com | https://gitlab.example.com/group/a%zz.git | none",
        "https://gitlab.example.com | https://gitlab.example.com/group/x.git.git | group/x.git",
        "https://gitlab.example.com | https://gitlab.example.com/.git | none",
        "https://gitlab.example.com | https://gitlab.example.com | none",
        "https://gitlab.example.com | https://gitlab.example.com.evil.org/group/project.git | none",
        "https://gitlab.example.com | https://evil.org/gitlab.example.com/project.git | none",
        "https://gitlab.example.com | https://evil.org@gitlab.example.com@evil.org/p.git | none",
        "https://gitlab.example.com | git@gitlab.example.com:group/project.git | none",
        "https://example.com/gitlab | https://example.com/gitlab/group/project.git | group/project",
        "https://example.com/gitlab | https://example.com/gitlabs/group/project.git | none",
        "https://example.com/gitlab | ssh://git@example.com/group/project.git | group/project",
        "http://[::1]:3000 | http://[::1]:3000/group/project.git | group/project",
      })
  void findsTheProjectInTheUrlOfItsRepository(String gitlab, String url, String project) {
    GitUrl address = GitUrl.parse(gitlab).orElseThrow();

    Optional<String> found = GitUrl.parse(url).flatMap(parsed -> parsed.projectIn(address));

    assertThat(found).isEqualTo(Optional.ofNullable(project));
  }
}
