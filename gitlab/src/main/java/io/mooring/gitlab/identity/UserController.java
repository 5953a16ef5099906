package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

/** {@code /user} and {@code /users} of the REST API. */
@RestController
@RequestMapping("/api/v4")
class UserController {
  private final Users users;
  private final UserChanges changes;
  private final ExternalUrl external;

  UserController(Users users, UserChanges changes, ExternalUrl external) {
    this.users = users;
    this.changes = changes;
    this.external = external;
  }

  /**
   * A user as anybody who is signed in sees it; what only the user and administrators see is null
   * else.
   */
  record UserView(
      long id,
      String username,
      String name,
      String state,
      String webUrl,
      Instant createdAt,
      @Nullable String email,
      @Nullable Boolean isAdmin) {}

  @GetMapping("/user")
  UserView current(Caller caller) {
    return view(caller.requireUser(), true);
  }

  @GetMapping("/users")
  ResponseEntity<List<UserView>> list(
      Caller caller, Parameters parameters, HttpServletRequest request) {
    User asking = caller.requireUser();
    Optional<String> username = parameters.text("username");
    Page page = Page.of(parameters);
    return page.answer(
        request, external, users.list(username, page).map(user -> view(user, asking.admin())));
  }

  @GetMapping("/users/{id}")
  UserView get(Caller caller, @PathVariable long id) {
    User asking = caller.requireUser();
    return view(require(id), asking.admin() || asking.id() == id);
  }

  @PostMapping("/users")
  @ResponseStatus(HttpStatus.CREATED)
  UserView create(Caller caller, Parameters parameters) {
    return view(changes.create(caller.requireAdmin(), parameters), true);
  }

  @PutMapping("/users/{id}")
  UserView update(Caller caller, @PathVariable long id, Parameters parameters) {
    User admin = caller.requireAdmin();
    return view(changes.update(admin, require(id), parameters), true);
  }

  @PostMapping("/users/{id}/block")
  @ResponseStatus(HttpStatus.CREATED)
  boolean block(Caller caller, @PathVariable long id) {
    User admin = caller.requireAdmin();
    changes.block(admin, require(id), true);
    return true;
  }

  @PostMapping("/users/{id}/unblock")
  @ResponseStatus(HttpStatus.CREATED)
  boolean unblock(Caller caller, @PathVariable long id) {
    User admin = caller.requireAdmin();
    changes.block(admin, require(id), false);
    return true;
  }

  @DeleteMapping("/users/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(Caller caller, @PathVariable long id) {
    User admin = caller.requireAdmin();
    changes.delete(admin, require(id));
  }

  private User require(long id) {
    return users.find(id).orElseThrow(() -> ApiException.notFound("User"));
  }

  private UserView view(User user, boolean whole) {
    return new UserView(
        user.id(),
        user.username(),
        user.name(),
        user.blocked() ? "blocked" : "active",
        external.of("/" + user.username()),
        user.createdAt(),
        whole ? user.email() : null,
        whole ? user.admin() : null);
  }
}
