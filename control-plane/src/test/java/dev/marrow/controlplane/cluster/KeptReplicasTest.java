package dev.marrow.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.FakeApiServer;
import dev.marrow.resources.kubernetes.FakeApiServer.Request;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class KeptReplicasTest {
  private static final String DEPLOYMENTS = "/apis/apps/v1/deployments";
  private static final ObjectKey KEY = new ObjectKey("Deployment", "shop", "wp");
  private FakeApiServer fake;
  private ApiServer server;

  @BeforeEach
  void start() throws Exception {
    fake = FakeApiServer.start(DEPLOYMENTS);
    server = ApiServer.at(fake.url());
  }

  @AfterEach
  void stop() {
    server.close();
    fake.close();
  }

  @Test
  void aNumberThatWasOursStaysUnderAnotherName() throws Exception {
    deployment("marrow", "Apply");

    keep("{\"spec\": {}}");

    Request kept = patches().getFirst();
    assertThat(kept.path()).endsWith("/namespaces/shop/deployments/wp");
    assertThat(kept.query()).containsEntry("fieldManager", "marrow-kept-replicas");
    assertThat(kept.query()).doesNotContainKey("force");
    assertThat(kept.body()).contains("\"spec\":{\"replicas\":3}");
  }

  @Test
  void aNumberOfSomebodyElseIsLeftAlone() throws Exception {
    deployment("autoscaler", "Update");

    keep("{\"spec\": {}}");

    assertThat(patches()).isEmpty();
  }

  @Test
  void aNumberThatWeStillSayNeedsNoKeeper() throws Exception {
    deployment("marrow", "Apply");

    keep("{\"spec\": {\"replicas\": 2}}");

    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void aDeploymentThatIsNotThereYetHasNoNumber() throws Exception {
    keep("{\"spec\": {}}");

    assertThat(patches()).isEmpty();
  }

  private void keep(String wanted) throws Exception {
    JsonNode content = new JsonMapper().readTree(wanted);
    new KeptReplicas(server, "marrow").keep(KEY, content);
  }

  private List<Request> patches() {
    return fake.requests().stream().filter(request -> request.method().equals("PATCH")).toList();
  }

  private void deployment(String manager, String operation) {
    fake.put(
        DEPLOYMENTS,
        """
        {"metadata": {"name": "wp", "namespace": "shop", "managedFields": [
           {"manager": "marrow", "operation": "Apply", "fieldsV1": {"f:spec": {"f:selector": {}}}},
           {"manager": "%s", "operation": "%s", "fieldsV1": {"f:spec": {"f:replicas": {}}}}]},
         "spec": {"replicas": 3}}
        """
            .formatted(manager, operation));
  }
}
