package dev.marrow.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StatusShapeTest {
  private static final JsonMapper JSON = new JsonMapper();

  @ParameterizedTest
  @CsvSource({
    // A policy that was attached and is no longer.
    "AuthorizationPolicy, ZtunnelAccepted WaypointAccepted, ZtunnelAccepted, false",
    "AuthorizationPolicy, ZtunnelAccepted Foreign, ZtunnelAccepted, true",
    // An entry that has no waypoint any more, and of which others speak.
    "WorkloadEntry, Healthy istio.io/WaypointBound, '', false",
    "WorkloadEntry, Healthy, '', true",
    "Service, istio.io/WaypointBound, '', false",
  })
  void aConditionOfOursThatWeNoLongerSayIsTakenBack(
      String kind, String live, String wish, boolean said) {
    JsonNode shown = status(live);

    var composed = StatusShape.compose(kind, shown, status(wish), Instant.EPOCH);

    assertThat(StatusShape.said(kind, shown, composed)).isEqualTo(said);
  }

  private static JsonNode status(String types) {
    var status = JSON.createObjectNode();
    if (!types.isEmpty()) {
      var conditions = status.putArray("conditions");
      for (String type : types.split(" ")) {
        conditions
            .addObject()
            .put("type", type)
            .put("status", "True")
            .put("lastTransitionTime", "1970-01-01T00:00:00Z");
      }
    }
    return status;
  }
}
