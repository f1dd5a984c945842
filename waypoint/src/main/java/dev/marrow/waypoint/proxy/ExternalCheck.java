package dev.marrow.waypoint.proxy;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.filter.AuthorizationMessages;
import dev.marrow.waypoint.route.Filter;
import dev.marrow.waypoint.route.HeaderChange;
import dev.marrow.waypoint.route.RequestTexts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks an authorizer outside of the mesh's own policies (CUSTOM), over HTTP or Envoy's ext_authz
 * gRPC protocol. Without an answer the request is refused, unless the provider says otherwise.
 */
final class ExternalCheck {
  private static final String METHOD = "/envoy.service.auth.v3.Authorization/Check";
  private static final HeaderName AUTHORIZATION = HeaderName.of("authorization");
  private static final HeaderName COOKIE = HeaderName.of("cookie");

  /** What he says. */
  sealed interface Answer {
    record Agreed(HeaderChange headers, HeaderChange onResponse) implements Answer {}

    record Refused(int status, List<LocalReply.Field> headers, String body) implements Answer {}
  }

  private static final HeaderChange NOTHING = new HeaderChange(List.of(), List.of(), List.of());
  private static final Answer PLAIN_YES = new Answer.Agreed(NOTHING, NOTHING);

  private ExternalCheck() {}

  static void start(
      Worker worker,
      Site.Bound site,
      Filter.ExternalAuthorization provider,
      Headers request,
      byte[] shown,
      Client client,
      Consumer<Answer> done) {
    Headers question =
        provider.grpc()
            ? SideCall.grpcHead(provider.backend(), "ext-authz", METHOD)
            : http(provider, request, shown);
    byte[] body =
        provider.grpc()
            ? AuthorizationMessages.question(
                request,
                provider.requestHeaders(),
                shown,
                client.caller(),
                client.remote(),
                site.address())
            : shown;
    SideCall.start(
        worker,
        site,
        provider.backend(),
        client,
        question,
        body,
        provider.grpc(),
        provider.timeout(),
        result -> done.accept(answer(provider, result)));
  }

  private static Headers http(
      Filter.ExternalAuthorization provider, Headers request, byte[] shown) {
    Headers question = new Headers();
    question.add(request, request.find(HeaderName.METHOD));
    question.add(HeaderName.SCHEME, "http");
    question.add(request, request.find(HeaderName.AUTHORITY));
    question.add(HeaderName.PATH, provider.pathPrefix() + RequestTexts.target(request));
    copy(request, question, AUTHORIZATION);
    copy(request, question, COOKIE);
    provider.requestHeaders().forEach(name -> copy(request, question, name));
    if (shown.length > 0) {
      copy(request, question, RequestHeads.CONTENT_TYPE);
    }
    question.set(HeaderName.CONTENT_LENGTH, Integer.toString(shown.length));
    return question;
  }

  private static void copy(Headers from, Headers to, HeaderName name) {
    if (to.contains(name)) {
      return;
    }
    for (int i = from.find(name); i >= 0; i = from.find(name, i + 1)) {
      to.add(from, i);
    }
  }

  private static Answer answer(Filter.ExternalAuthorization provider, SideCall.Result result) {
    return switch (result) {
      case SideCall.Result.Failed failed -> unanswered(provider);
      case SideCall.Result.Answered answered ->
          provider.grpc() ? ofGrpc(provider, answered) : ofHttp(provider, answered);
    };
  }

  private static Answer ofGrpc(
      Filter.ExternalAuthorization provider, SideCall.Result.Answered answered) {
    return answered.succeeded()
        ? AuthorizationMessages.answer(answered.body())
            .map(ExternalCheck::ofGrpc)
            .orElseGet(() -> unanswered(provider))
        : unanswered(provider);
  }

  private static Answer unanswered(Filter.ExternalAuthorization provider) {
    return provider.failOpen() ? PLAIN_YES : new Answer.Refused(403, List.of(), "");
  }

  private static Answer ofGrpc(AuthorizationMessages.Decision decision) {
    if (decision.allowed()) {
      return new Answer.Agreed(
          new HeaderChange(decision.set(), decision.append(), decision.remove()),
          new HeaderChange(List.of(), decision.onResponse(), List.of()));
    }
    return new Answer.Refused(
        decision.status(),
        decision.set().stream().map(f -> new LocalReply.Field(f.name(), f.value())).toList(),
        decision.body());
  }

  private static Answer ofHttp(
      Filter.ExternalAuthorization provider, SideCall.Result.Answered answered) {
    int status = ResponseHeads.status(answered.head());
    if (status == 200) {
      List<HeaderChange.Field> set = new ArrayList<>();
      for (HeaderName name : provider.responseHeaders()) {
        answered
            .head()
            .first(name)
            .ifPresent(value -> set.add(new HeaderChange.Field(name, value)));
      }
      return new Answer.Agreed(new HeaderChange(set, List.of(), List.of()), NOTHING);
    }
    if (status >= 500) {
      return unanswered(provider);
    }
    List<LocalReply.Field> fields = new ArrayList<>();
    for (String name : List.of("www-authenticate", "location", "set-cookie", "content-type")) {
      HeaderName header = HeaderName.of(name);
      Headers head = answered.head();
      for (int i = head.find(header); i >= 0; i = head.find(header, i + 1)) {
        fields.add(new LocalReply.Field(header, head.value(i)));
      }
    }
    return new Answer.Refused(status, fields, new String(answered.body(), StandardCharsets.UTF_8));
  }
}
