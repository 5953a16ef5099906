package io.mooring.gitlab.http;

import io.grpc.StatusRuntimeException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.apache.catalina.connector.ClientAbortException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.HttpMediaTypeException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/**
 * The one table from failures to answers. What is not the caller's fault is logged and told without
 * detail.
 */
@RestControllerAdvice
final class ErrorAdvice {
  private static final Logger log = LoggerFactory.getLogger(ErrorAdvice.class);

  @ExceptionHandler
  ResponseEntity<Map<String, ?>> answered(ApiException e) {
    return ResponseEntity.status(e.status()).contentType(MediaType.APPLICATION_JSON).body(e.body());
  }

  /** An id in the path that is no number names nothing. */
  @ExceptionHandler
  ResponseEntity<Map<String, ?>> mismatch(MethodArgumentTypeMismatchException e) {
    return answered(ApiException.error(HttpStatus.BAD_REQUEST, snake(e.getName()) + " is invalid"));
  }

  @ExceptionHandler
  ResponseEntity<Map<String, ?>> unrouted(NoResourceFoundException e) {
    return answered(ApiException.error(HttpStatus.NOT_FOUND, "404 Not Found"));
  }

  @ExceptionHandler
  ResponseEntity<Map<String, ?>> method(HttpRequestMethodNotSupportedException e) {
    return answered(ApiException.error(HttpStatus.METHOD_NOT_ALLOWED, "405 Not Allowed"));
  }

  @ExceptionHandler({
    ErrorResponseException.class,
    HttpMediaTypeException.class,
    ServletRequestBindingException.class
  })
  ResponseEntity<Map<String, ?>> framework(Exception e) {
    HttpStatus status =
        e instanceof ErrorResponse response
            ? HttpStatus.valueOf(response.getStatusCode().value())
            : HttpStatus.BAD_REQUEST;
    return answered(ApiException.message(status, status.value() + " " + status.getReasonPhrase()));
  }

  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  ResponseEntity<Map<String, ?>> database(RuntimeException e) {
    log.atError().setCause(e).log("Database failed");
    return answered(
        ApiException.message(HttpStatus.SERVICE_UNAVAILABLE, "503 Service Unavailable"));
  }

  @ExceptionHandler
  ResponseEntity<Map<String, ?>> rpc(StatusRuntimeException e) {
    log.atError().addKeyValue("grpc_code", e.getStatus().getCode()).setCause(e).log("Call failed");
    return answered(
        ApiException.message(HttpStatus.SERVICE_UNAVAILABLE, "503 Service Unavailable"));
  }

  /** The caller went away or stopped sending: there is nobody to answer. */
  @ExceptionHandler
  void transfer(ClientAbortException e) {
    log.atDebug().setCause(e).log("Caller went away");
  }

  /**
   * The request could not be read to its end, such as a body that is not the gzip it claims to be.
   */
  @ExceptionHandler
  void unreadable(IOException e, HttpServletResponse response) throws IOException {
    if (response.isCommitted()) {
      throw e; // Only a broken connection tells the caller that the answer is not whole.
    }
    log.atDebug().setCause(e).log("Request not readable");
    Json.answer(response, ApiException.message(HttpStatus.BAD_REQUEST, "400 Bad request"));
  }

  @ExceptionHandler
  ResponseEntity<Map<String, ?>> unexpected(RuntimeException e) {
    log.atError().setCause(e).log("Request failed");
    return answered(
        ApiException.message(HttpStatus.INTERNAL_SERVER_ERROR, "500 Internal Server Error"));
  }

  private static String snake(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
