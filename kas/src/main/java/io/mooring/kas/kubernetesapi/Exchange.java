package io.mooring.kas.kubernetesapi;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.grpc.Status;
import io.mooring.kas.access.Granted;
import io.mooring.kas.access.KubernetesRequest;
import io.mooring.kas.kubernetesapi.Connection.Ending;
import io.mooring.wire.grpctool.HttpResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpContent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request, from its head to the end of its answer, in the order of kubernetes-api.md 2. Lives
 * on the event loop of its connection.
 */
final class Exchange {
  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);

  /** Where the request stands. */
  private enum Step {
    /** Who calls is not known yet. */
    DECIDING,
    /** It is carried out. */
    RUNNING,
    /** Another protocol is spoken. */
    UPGRADED,
    /** Everything is said. */
    OVER
  }

  private final KubernetesApi api;
  private final Connection connection;
  private final RequestHead head;
  private final Optional<String> path;
  private final Ledger ledger;
  private final Answer answer;
  private final Admission admission;
  private Step step = Step.DECIDING;
  private boolean requestEnded;
  private boolean continued;
  private boolean responseEnded;
  private boolean repeated;
  private @Nullable Bridge bridge;

  Exchange(KubernetesApi api, Connection connection, RequestHead head) {
    this.api = api;
    this.connection = connection;
    this.head = head;
    Optional<String> stripped = head.target().under(api.prefix());
    this.path = stripped;
    KubernetesRequest asked =
        KubernetesRequest.of(
            head.method(), stripped.orElseGet(() -> head.target().path()), head::query);
    this.ledger = api.open(head, asked, connection.clientAddress());
    this.answer = new Answer(api, connection, head, ledger.requestId());
    this.admission = new Admission(api, connection, head, ledger, this);
    this.requestEnded = head.length() == 0;
  }

  // ---- from the head to the RPC

  void start() {
    String origin = head.first("Origin");
    if (!origin.isEmpty() && (!api.isOrigin(origin) || head.header("Origin").size() > 1)) {
      ledger.refused("origin is not allowed");
      answer.refuseOrigin(closesAfter());
      finish();
      return;
    }
    if (head.method().equals("OPTIONS")) {
      answer.preflight(closesAfter());
      finish();
      return;
    }
    if (path.isEmpty()) {
      refuse(Refusal.badRequest("URL does not start with expected prefix"));
      return;
    }
    admission.ask();
  }

  boolean isOver() {
    return step == Step.OVER;
  }

  /** The caller may do what it asks for. */
  void admitted(Granted access) {
    step = Step.RUNNING;
    open(access);
  }

  private void open(Granted access) {
    RequestMessage message;
    try {
      message = RequestMessage.of(head, ledger.request().path(), api.via(), access);
    } catch (MalformedRequestException e) {
      refuse(e.refusal());
      return;
    }
    Bridge opened = new Bridge(this, connection.turns(), api.agents());
    bridge = opened;
    opened.start(message.metadata(), message.bytes(), requestEnded, head.upgrade());
  }

  // ---- from the client

  /** Whether the next thing that was read can be passed on. */
  boolean takes(Object next) {
    return switch (step) {
      case DECIDING -> false;
      case RUNNING -> next instanceof HttpContent && !requestEnded && agentIsReady();
      case UPGRADED -> agentIsReady();
      case OVER -> true;
    };
  }

  private boolean agentIsReady() {
    return bridge != null && bridge.isReady();
  }

  /** Whether more should be read from the client now. */
  boolean wantsInput() {
    if (step == Step.RUNNING && !requestEnded) {
      if (!agentIsReady()) {
        connection.awaitNoBody();
        return false;
      }
      if (head.expectsContinue() && !continued && !answer.isBegun()) {
        continued = true;
        connection.writeNow(Unpooled.wrappedBuffer(CONTINUE));
      }
      connection.awaitBody();
      return true;
    }
    // A body that nobody may send yet is not read; the end of a connection is noticed otherwise.
    return requestEnded && (step != Step.UPGRADED || agentIsReady());
  }

  boolean wantsUpgrade() {
    return head.upgrade();
  }

  boolean isUpgraded() {
    return step == Step.UPGRADED;
  }

  /** Whether it may last as long as it likes. */
  boolean isLong() {
    return head.upgrade() || ledger.isWatch();
  }

  /** A piece of the body. */
  void body(ByteBuf bytes) {
    ledger.received(bytes.readableBytes());
    if (step == Step.RUNNING && bridge != null) {
      bridge.body(bytes);
    }
    bytes.release();
  }

  /** The body is complete. */
  void bodyEnded() {
    requestEnded = true;
    connection.awaitNoBody();
    if (step == Step.RUNNING && bridge != null) {
      bridge.endBody(head.upgrade());
    }
  }

  /** The body cannot be read. */
  void bodyMalformed() {
    broken(Refusal.badRequest("malformed body"), "the client's body is malformed");
  }

  /** The body does not go on. */
  void bodyTimedOut() {
    broken(new Refusal(408, "The body did not arrive in time"), "the client's body did not arrive");
  }

  private void broken(Refusal refusal, String reason) {
    cancel(reason);
    if (answer.isBegun()) {
      abort();
    } else {
      refuse(refusal);
    }
  }

  /** Bytes of the other protocol. */
  void raw(ByteBuf bytes) {
    ledger.received(bytes.readableBytes());
    if (bridge != null) {
      bridge.raw(bytes);
    }
    bytes.release();
  }

  /** The client sends no more of the other protocol. */
  void rawEnded() {
    if (bridge != null) {
      bridge.halfClose();
    }
  }

  /** The connection is gone. */
  void clientGone() {
    if (step != Step.OVER) {
      cancel("the client closed the connection");
      over();
    }
  }

  /** The client takes nothing for the moment. */
  void stalled() {
    ledger.stalled();
  }

  /** The client takes more. */
  void writable() {
    ledger.flows();
    if (bridge != null) {
      bridge.readOwed();
    }
  }

  // ---- from the agent

  /** Whether the client takes what the agent sends next. */
  boolean takesMore() {
    return connection.isWritable();
  }

  /** The agent takes more; the turn that ends now reads it. */
  void agentTakesMore() {}

  void received(HttpResponse message) {
    if (step == Step.OVER) {
      // Without this an agent could be read for ever that never ends its stream.
      cancel("the agent goes on after the end of its answer");
      return;
    }
    switch (message.getMessageCase()) {
      case HEADER -> responseHead(message.getHeader().getResponse());
      case DATA -> {
        if (!answer.isBegun() || responseEnded || !answer.data(message.getData().getData())) {
          agentMisbehaves("unexpected data");
        }
      }
      case TRAILER -> responseEnd();
      case UPGRADEDATA -> {
        if (step == Step.UPGRADED) {
          int size = message.getUpgradeData().getData().size();
          answer.countUpgraded(size);
          connection.write(
              Unpooled.wrappedBuffer(message.getUpgradeData().getData().asReadOnlyByteBuffer()));
        } else {
          agentMisbehaves("unexpected HttpResponse_UpgradeData message received");
        }
      }
      case MESSAGE_NOT_SET -> {
        // A kind of message that is newer than this.
      }
    }
  }

  private void responseHead(io.mooring.wire.prototool.HttpResponse response) {
    if (answer.isBegun()) {
      agentMisbehaves("a second head");
      return;
    }
    answer.begin(response, closesAfter()).ifPresent(this::agentMisbehaves);
  }

  private void responseEnd() {
    if (!answer.isBegun() || responseEnded || !answer.end()) {
      agentMisbehaves("unexpected end");
      return;
    }
    responseEnded = true;
    if (answer.status() == 101) {
      step = Step.UPGRADED;
      ledger.isUpgraded();
      return;
    }
    if (head.upgrade() && bridge != null) {
      bridge.halfClose();
    }
    if (!requestEnded) {
      cancel("the answer is complete");
    }
    finish();
  }

  /** The RPC has ended. */
  void agentEnded(Status status) {
    if (step == Step.OVER) {
      return;
    }
    if (step == Step.UPGRADED) {
      // Whatever the status: a reset could overtake what the client has not read yet.
      finish();
    } else if (answer.isBegun()) {
      abort();
    } else if (!repeated && head.isRepeatable() && AgentFailure.isOfTheWay(status)) {
      repeated = true;
      ledger.repeated();
      admission.granted().ifPresent(this::open);
    } else {
      refuse(AgentFailure.refusal(AgentFailure.text(status)));
    }
  }

  /** The agent sent what it must not. */
  void agentMisbehaves(String what) {
    cancel("the agent sent what it must not: " + what);
    if (answer.isBegun()) {
      abort();
    } else {
      refuse(AgentFailure.refusal(what));
    }
  }

  /** GitLab has taken the permission back. */
  void revoked() {
    if (step != Step.OVER) {
      cancel("access was taken back");
      ledger.refused("access was taken back");
      if (answer.isBegun()) {
        abort();
      } else {
        refuse(Refusal.forbidden("access was taken back"));
      }
    }
  }

  // ---- ends

  /** Ends it with an answer of kas. */
  void refuse(Refusal refusal) {
    ledger.refused(refusal.message());
    answer.refuse(refusal, closesAfter());
    finish();
  }

  /** Whether the connection is of no use after the answer. */
  private boolean closesAfter() {
    return !head.keepAlive() || !requestEnded || head.upgrade() || api.isStopping();
  }

  private void finish() {
    Ending ending = Ending.REUSE;
    if (!requestEnded || step == Step.UPGRADED) {
      ending = Ending.LINGER;
    } else if (closesAfter() || !answer.endsBeforeConnection()) {
      ending = Ending.CLOSE;
    }
    over();
    connection.answered(ending);
  }

  private void abort() {
    cancel("the answer is broken");
    over();
    connection.abort();
  }

  private void cancel(String reason) {
    if (bridge != null) {
      bridge.cancel(reason);
    }
  }

  private void over() {
    step = Step.OVER;
    admission.close();
    api.close(ledger, answer.status(), answer.bytes());
  }
}
