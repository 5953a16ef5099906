package io.mooring.gitlab.project;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.project.Members.Member;
import io.mooring.gitlab.project.Members.Source;
import jakarta.servlet.http.HttpServletRequest;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code members} of projects and groups. Nobody gives or takes a role above their own. */
@RestController
@RequestMapping("/api/v4/{kind:projects|groups}/{id}/members")
class MemberController {
  private final Access access;
  private final Members members;
  private final MemberChanges changes;
  private final ExternalUrl external;

  MemberController(Access access, Members members, MemberChanges changes, ExternalUrl external) {
    this.access = access;
    this.members = members;
    this.changes = changes;
    this.external = external;
  }

  /** A member as the API shows it. */
  record MemberView(
      long id,
      String username,
      String name,
      String state,
      int accessLevel,
      @Nullable LocalDate expiresAt,
      String webUrl) {}

  @GetMapping
  ResponseEntity<List<MemberView>> list(
      Caller caller,
      @PathVariable String kind,
      @PathVariable String id,
      Parameters parameters,
      HttpServletRequest request) {
    Source place = place(caller, kind, id);
    caller.requireUser();
    Page page = Page.of(parameters);
    return page.answer(request, external, members.list(place, page).map(this::view));
  }

  @GetMapping("/{user}")
  MemberView get(
      Caller caller, @PathVariable String kind, @PathVariable String id, @PathVariable long user) {
    Source place = place(caller, kind, id);
    caller.requireUser();
    return view(require(place, user));
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  MemberView add(
      Caller caller, @PathVariable String kind, @PathVariable String id, Parameters parameters) {
    return view(changes.add(caller, kind, id, parameters));
  }

  @PutMapping("/{user}")
  MemberView update(
      Caller caller,
      @PathVariable String kind,
      @PathVariable String id,
      @PathVariable long user,
      Parameters parameters) {
    return view(changes.update(caller, kind, id, user, parameters));
  }

  @DeleteMapping("/{user}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void remove(
      Caller caller, @PathVariable String kind, @PathVariable String id, @PathVariable long user) {
    changes.remove(caller, kind, id, user);
  }

  private Source place(Caller caller, String kind, String id) {
    return kind.equals(MemberChanges.GROUPS)
        ? new Source.OfNamespace(access.group(caller, id).id())
        : new Source.OfProject(access.project(caller, id).id());
  }

  private Member require(Source source, long userId) {
    return members.find(source, userId).orElseThrow(() -> ApiException.notFound("Member"));
  }

  private MemberView view(Member member) {
    return new MemberView(
        member.userId(),
        member.username(),
        member.name(),
        "active",
        member.role().level(),
        member.expiresAt().orElse(null),
        external.of("/" + member.username()));
  }
}
