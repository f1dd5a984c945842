package dev.marrow.waypoint.compile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.xds.AdsResource;
import dev.marrow.proto.waypoint.AuthorizationPolicy;
import dev.marrow.proto.waypoint.Destination;
import dev.marrow.proto.waypoint.HttpFilter;
import dev.marrow.proto.waypoint.HttpMatch;
import dev.marrow.proto.waypoint.HttpRule;
import dev.marrow.proto.waypoint.Port;
import dev.marrow.proto.waypoint.ServiceTarget;
import dev.marrow.proto.waypoint.StringMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DestinationSubscriptionTest {
  private static final ServiceKey KEY = new ServiceKey("shop", "reviews");
  private final List<Runnable> later = new ArrayList<>();
  private final DestinationSubscription subscription = new DestinationSubscription(later::add);

  private static Destination.Builder destination() {
    return Destination.newBuilder()
        .setService(ServiceTarget.newBuilder().setNamespace("shop").setHostname("reviews"));
  }

  private static AdsResource resource(Destination.Builder destination) {
    return new AdsResource("shop/reviews", List.of(), "1", destination.build().toByteString());
  }

  private static Destination.Builder rule(HttpRule.Builder rule) {
    return destination().addPorts(Port.newBuilder().setPort(80).addHttpRules(rule));
  }

  private static Destination.Builder policy(AuthorizationPolicy.Builder policy) {
    return destination().addPolicies(policy.setName("shop/p"));
  }

  static Stream<Destination.Builder> bad() {
    StringMatch.Builder regex = StringMatch.newBuilder().setRegex("(");
    return Stream.of(
        Destination.newBuilder(),
        destination().addPorts(Port.newBuilder().setPort(80).setProtocolValue(99)),
        destination().setPathNormalizationValue(99),
        policy(AuthorizationPolicy.newBuilder().setActionValue(99)),
        policy(AuthorizationPolicy.newBuilder().setAction(AuthorizationPolicy.Action.CUSTOM)),
        policy(
            AuthorizationPolicy.newBuilder()
                .addRules(
                    AuthorizationPolicy.Rule.newBuilder()
                        .addWhen(AuthorizationPolicy.Condition.newBuilder().setKey("moon.phase")))),
        policy(
            AuthorizationPolicy.newBuilder()
                .addRules(
                    AuthorizationPolicy.Rule.newBuilder()
                        .addTo(
                            AuthorizationPolicy.Operation.newBuilder()
                                .addPaths(StringMatch.newBuilder())))),
        rule(HttpRule.newBuilder().addFilters(HttpFilter.newBuilder())),
        rule(HttpRule.newBuilder().addMatches(HttpMatch.newBuilder().setPath(regex))));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void whatIsNotUnderstoodIsRejectedAloneAndTheLastGoodVersionStays(Destination.Builder bad) {
    subscription.apply(List.of(resource(policy(AuthorizationPolicy.newBuilder()))), List.of());

    var rejections = subscription.apply(List.of(resource(bad)), List.of());

    assertThat(rejections).hasSize(1);
    assertThat(rejections.getFirst().reason()).contains("expected");
    assertThat(subscription.get().service(KEY)).isNotNull();
  }

  @Test
  void whatWasNeverGoodIsNotThere() {
    AdsResource garbage =
        new AdsResource("shop/reviews", List.of(), "1", ByteString.copyFromUtf8("garbage"));

    assertThat(subscription.apply(List.of(garbage), List.of())).hasSize(1);
    assertThat(subscription.get().service(KEY)).isNull();
  }

  @Test
  void removedMeansGoneAfterAMoment() {
    subscription.apply(List.of(resource(destination())), List.of());
    subscription.apply(List.of(), List.of("shop/reviews"));

    assertThat(subscription.get().service(KEY)).as("for who has not heard of it").isNotNull();
    later.forEach(Runnable::run);
    assertThat(subscription.get().service(KEY)).isNull();
  }

  @Test
  void whatComesBackInThatMomentStays() {
    subscription.apply(List.of(resource(destination())), List.of());
    subscription.apply(List.of(), List.of("shop/reviews"));

    subscription.apply(List.of(resource(destination())), List.of());
    later.forEach(Runnable::run);

    assertThat(subscription.get().service(KEY)).isNotNull();
  }
}
