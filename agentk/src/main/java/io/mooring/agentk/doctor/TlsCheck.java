package io.mooring.agentk.doctor;

import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.HostPort;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * TLS with kas: versions, chain, name and time.
 *
 * @param tls whom to trust
 * @param serverName the name to verify
 * @param protocols for ALPN; none for a WebSocket
 */
record TlsCheck(ClientTls tls, HostPort serverName, List<String> protocols) {
  /** Whoever renews certificates does it earlier. */
  private static final Duration SOON = Duration.ofDays(7);

  /** Opens another connection on the same way, to look at what was refused. */
  interface Reopening {
    Line open() throws UnhealthyException;
  }

  /** The connection inside of TLS. */
  Line secure(Line line, Bound bound, Instant now, Reopening again) throws UnhealthyException {
    try {
      SSLSocket socket = handshake(tls, line, bound, !tls.skipVerify());
      return Line.over(socket);
    } catch (SSLHandshakeException e) {
      throw refused(e, look(again, bound), now);
    } catch (SSLException e) {
      throw new UnhealthyException(
          Check.TLS,
          "what listens at " + serverName + " does not speak TLS",
          String.valueOf(e.getMessage()),
          "TLS 1.2 or 1.3",
          "without TLS the scheme is grpc:// or ws://; else check the port");
    } catch (IOException e) {
      throw new UnhealthyException(
          Check.TLS,
          "the TLS handshake with " + serverName + " did not end",
          String.valueOf(e.getMessage()),
          "a handshake within " + bound.text(),
          "check the port, and whether something in between cuts TLS off, by name of the server"
              + " for example");
    }
  }

  private SSLSocket handshake(ClientTls trust, Line line, Bound bound, boolean verified)
      throws IOException {
    var socket =
        (SSLSocket)
            trust
                .java()
                .getSocketFactory()
                .createSocket(line.socket(), serverName.host(), serverName.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    parameters.setApplicationProtocols(protocols.toArray(String[]::new));
    if (verified) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(bound.millis());
    socket.startHandshake();
    return socket;
  }

  /** The certificate that was not accepted. */
  private Optional<X509Certificate> look(Reopening again, Bound bound) {
    try (Line line = again.open();
        SSLSocket socket =
            handshake(new ClientTls("", Optional.empty(), true), line, bound, false)) {
      return certificate(socket);
    } catch (IOException | UnhealthyException e) {
      return Optional.empty();
    }
  }

  private static Optional<X509Certificate> certificate(SSLSocket socket) throws IOException {
    Certificate[] chain = socket.getSession().getPeerCertificates();
    return chain.length > 0 && chain[0] instanceof X509Certificate leaf
        ? Optional.of(leaf)
        : Optional.empty();
  }

  private UnhealthyException refused(
      SSLHandshakeException failure, Optional<X509Certificate> leaf, Instant now) {
    if (leaf.isEmpty()) {
      return new UnhealthyException(
          Check.TLS,
          "the TLS handshake with " + serverName + " failed",
          String.valueOf(failure.getMessage()),
          "TLS 1.2 or 1.3 with a common cipher suite",
          "check the TLS settings of what listens there");
    }
    X509Certificate certificate = leaf.get();
    String validity =
        certificate.getNotBefore().toInstant() + " to " + certificate.getNotAfter().toInstant();
    if (now.isBefore(certificate.getNotBefore().toInstant())
        || now.isAfter(certificate.getNotAfter().toInstant())) {
      return new UnhealthyException(
          Check.TLS,
          "the certificate of " + serverName + " is not valid now",
          validity,
          "a time that holds " + now,
          "have the certificate renewed, or set this machine's clock if it is wrong");
    }
    if (failure.getCause() instanceof CertificateException cause
        && cause.getClass() == CertificateException.class) {
      return new UnhealthyException(
          Check.TLS,
          "the certificate is for another name than " + serverName.host(),
          names(certificate),
          serverName.host(),
          "use a name of the certificate in --kas-address, or give it to --kas-tls-server-name");
    }
    return new UnhealthyException(
        Check.TLS,
        "the certificate of " + serverName + " is from an authority that this agent does not trust",
        "issued by " + certificate.getIssuerX500Principal().getName(),
        "an authority of the Java runtime or of --ca-cert-file",
        "if this is kas's own authority, give its certificate to --ca-cert-file; if it is a proxy"
            + " that inspects TLS, give the proxy's authority there, or exempt "
            + serverName.host()
            + " from inspection");
  }

  Finding describe(SSLSocket socket, Instant now) {
    try {
      Optional<X509Certificate> leaf = certificate(socket);
      String version = socket.getSession().getProtocol();
      if (tls.skipVerify()) {
        return Finding.warning(
            Check.TLS,
            version + ", and nobody checks who is at the other end",
            leaf.map(certificate -> certificate.getIssuerX500Principal().getName()).orElse(""),
            "a certificate that is verified",
            "give kas's authority to --ca-cert-file instead of --kas-insecure-skip-tls-verify");
      }
      Optional<Instant> end = leaf.map(certificate -> certificate.getNotAfter().toInstant());
      if (end.filter(instant -> now.plus(SOON).isAfter(instant)).isPresent()) {
        return Finding.warning(
            Check.TLS,
            version + ", and the certificate ends soon",
            end.orElseThrow().toString(),
            "more than " + SOON.toDays() + " days",
            "have the certificate renewed");
      }
      return Finding.ok(
          Check.TLS,
          version + ", the certificate is verified",
          leaf.map(certificate ->
                  names(certificate)
                      + ", issued by "
                      + certificate.getIssuerX500Principal().getName()
                      + ", until "
                      + certificate.getNotAfter().toInstant())
              .orElse(""));
    } catch (IOException e) {
      return Finding.ok(Check.TLS, "TLS works", "");
    }
  }

  private static String names(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? certificate.getSubjectX500Principal().getName()
          : names.stream()
              .map(name -> String.valueOf(name.get(1)))
              .collect(Collectors.joining(", "));
    } catch (CertificateParsingException e) {
      return certificate.getSubjectX500Principal().getName();
    }
  }
}
