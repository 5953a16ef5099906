package io.mooring.gitlab.web;

import io.mooring.gitlab.web.html.Html;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotReadableException;

/** Writes the {@link Html} that a page's method returns. */
final class HtmlConverter extends AbstractHttpMessageConverter<Html> {
  HtmlConverter() {
    super(StandardCharsets.UTF_8, MediaType.TEXT_HTML);
  }

  @Override
  protected boolean supports(Class<?> type) {
    return type == Html.class;
  }

  @Override
  public boolean canRead(Class<?> type, @org.jspecify.annotations.Nullable MediaType mediaType) {
    return false;
  }

  @Override
  protected Html readInternal(Class<? extends Html> type, HttpInputMessage input) {
    throw new HttpMessageNotReadableException("pages are only written", input);
  }

  @Override
  protected void writeInternal(Html html, HttpOutputMessage output) throws IOException {
    // What is seen depends on who looks, and a shared computer's back button is not for the next.
    output.getHeaders().setCacheControl("no-store");
    output.getBody().write(html.markup().getBytes(StandardCharsets.UTF_8));
  }
}
