package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Makes accounts, with everything that belongs to one. Thread-safe. */
@Component
public class Accounts {
  private final Users users;
  private final ApplicationEventPublisher events;

  Accounts(Users users, ApplicationEventPublisher events) {
    this.users = users;
    this.events = events;
  }

  /** Told inside the transaction that makes an account; a listener that fails undoes it. */
  public record Created(User user) {}

  /**
   * Makes an account.
   *
   * @throws ApiException 400 naming what is wrong, 409 when name or address is taken
   */
  @Transactional
  public User create(Users.NewUser user) {
    Map<String, List<String>> problems = new LinkedHashMap<>();
    note(problems, "username", PathSegment.problem(user.username(), true));
    note(problems, "password", Passwords.problem(user.password()));
    noteNameAndEmail(problems, user.name(), user.email());
    if (!problems.isEmpty()) {
      throw ApiException.message(HttpStatus.BAD_REQUEST, problems);
    }
    try {
      User created = users.create(user);
      events.publishEvent(new Created(created));
      return created;
    } catch (DuplicateKeyException e) {
      throw ApiException.message(HttpStatus.CONFLICT, "Username or email has already been taken");
    }
  }

  /** Told inside the transaction that removes an account, while it still exists. */
  public record Deleting(User user) {}

  /** Removes an account and what was its alone. */
  @Transactional
  public void delete(User user) {
    events.publishEvent(new Deleting(user));
    users.delete(user.id());
  }

  /** Refuses a name or an address that no account may have, with 400. */
  static void requireSound(String name, String email) {
    Map<String, List<String>> problems = new LinkedHashMap<>();
    noteNameAndEmail(problems, name, email);
    if (!problems.isEmpty()) {
      throw ApiException.message(HttpStatus.BAD_REQUEST, problems);
    }
  }

  private static void noteNameAndEmail(
      Map<String, List<String>> problems, String name, String email) {
    note(
        problems,
        "email",
        email.matches("[^@\\s]{1,64}@[^@\\s]{1,255}")
            ? Optional.empty()
            : Optional.of("is invalid"));
    note(
        problems,
        "name",
        name.isBlank() || name.length() > 255 ? Optional.of("is invalid") : Optional.empty());
  }

  private static void note(
      Map<String, List<String>> problems, String field, Optional<String> problem) {
    problem.ifPresent(
        text -> problems.computeIfAbsent(field, ignored -> new ArrayList<>()).add(text));
  }
}
