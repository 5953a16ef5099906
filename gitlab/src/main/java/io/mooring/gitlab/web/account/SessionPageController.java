package io.mooring.gitlab.web.account;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.OwnSessions;
import io.mooring.gitlab.web.Answers;
import io.mooring.gitlab.web.Notice;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Ends sessions of the person who asks. */
@RestController
@RequestMapping("/-/user_settings/sessions")
class SessionPageController {
  private final OwnSessions sessions;

  SessionPageController(OwnSessions sessions) {
    this.sessions = sessions;
  }

  @PostMapping("/{digest}/end")
  ResponseEntity<Html> end(Visit visit, @PathVariable("digest") String digest) {
    sessions.end(visit.user(), digest);
    return Answers.changed(AccountController.PASSWORD, Notice.SESSION_ENDED);
  }

  @PostMapping("/end_others")
  ResponseEntity<Html> endOthers(Visit visit) {
    if (!(visit.caller() instanceof Caller.SignedIn signedIn)) {
      throw ApiException.unauthorized();
    }
    sessions.endOthers(signedIn.owner(), signedIn.session());
    return Answers.changed(AccountController.PASSWORD, Notice.SESSIONS_ENDED);
  }
}
