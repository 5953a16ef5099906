package io.mooring.gitlab.web;

import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The address without a path. */
@RestController
class HomeController {
  /** Who is signed in sees what is theirs; others are asked who they are. */
  @GetMapping("/")
  ResponseEntity<Html> first(Caller caller) {
    return Answers.redirect(
        caller.user().isPresent() ? Link.to("/dashboard") : Link.to("/users/sign_in"));
  }
}
