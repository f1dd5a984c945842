package dev.marrow.cli.drill.cases;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.fault.Interposer;
import dev.marrow.cli.drill.fault.PassedCalls;
import dev.marrow.cli.drill.fault.Policies;
import dev.marrow.cli.drill.load.EchoServer;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import dev.marrow.proto.discovery.Resource;
import dev.marrow.proto.security.Authorization;
import java.time.Duration;
import java.util.List;

/** responses that no control plane should send, between those of a real one. */
final class NonsenseDrill {
  private static final String ADDRESS = "type.googleapis.com/istio.workload.Address";
  private static final String AUTHORIZATION = "type.googleapis.com/istio.security.Authorization";
  private static final String ONE_PORT = "    to: [{operation: {ports: [\"9100\"]}}]\n";

  private NonsenseDrill() {}

  static void run(Stage stage) throws Exception {
    DrillMesh mesh = stage.mesh();
    Effect effect = Effect.of(stage, "client-1", "backend-1", 9100);
    stage.keep(EchoServer.start(stage.source("backend-1"), 9100, EchoServer::echo));
    mesh.write("flip.yaml", Policies.deny("client-1", "backend-1", 1) + ONE_PORT);
    UsualLoad load = UsualLoad.start(stage, 100, Duration.ofHours(1));
    effect.await(false, Duration.ofSeconds(20));
    Interposer between = stage.keep(Interposer.start(mesh));
    stage.note("stands between: " + between.calls().open() + " streams");
    byte[] garbage = {(byte) 0xff, (byte) 0xff, 0x17, 0x03, (byte) 0x99};
    nack(
        stage,
        between,
        "garbage",
        ADDRESS,
        resource("Kubernetes//Pod/drill/ghost", ADDRESS, ByteString.copyFrom(garbage)));
    // Action 77 does not exist. A reader that takes it for the first of its enum would allow.
    Authorization unknown =
        Authorization.newBuilder()
            .setName("flip")
            .setNamespace("drill")
            .setScopeValue(2)
            .setActionValue(77)
            .build();
    nack(
        stage,
        between,
        "unknown-enum",
        AUTHORIZATION,
        resource("drill/flip", AUTHORIZATION, unknown.toByteString()));
    byte[] whole = unknown.toBuilder().setActionValue(0).build().toByteArray();
    nack(
        stage,
        between,
        "half",
        AUTHORIZATION,
        resource("drill/flip", AUTHORIZATION, ByteString.copyFrom(whole, 0, whole.length / 2)));
    int told =
        between.inject(
            response("stranger", "type.googleapis.com/nobody.asked.For", List.of()).toByteArray());
    stage.pass(Duration.ofSeconds(1));
    stage.check(
        "streams after a type nobody asked for",
        String.valueOf(told),
        between.calls().open(),
        between.calls().open() == told);
    stage.check(
        "the last good policy",
        "still denies",
        effect.allowed() ? "allows" : "still denies",
        !effect.allowed());
    ControlDrills.checkNoGhosts(stage);
    mesh.write("flip.yaml", "");
    double millis = effect.await(true, Duration.ofSeconds(20));
    stage.check(
        "a good change after all that", "<= 2 s", "%.0f ms".formatted(millis), millis <= 2000);
    load.finishWithoutLoss();
    load.checkStreamsUnbroken();
  }

  private static void nack(
      Stage stage, Interposer between, String name, String type, Resource resource)
      throws Exception {
    int told = between.inject(response(name, type, List.of(resource)).toByteArray());
    String nonce = PassedCalls.NONCE + name;
    DrillMesh.until(
        "answers to " + name, Duration.ofSeconds(10), () -> answers(between, nonce).size() >= told);
    long refused =
        answers(between, nonce).stream().filter(DeltaDiscoveryRequest::hasErrorDetail).count();
    stage.check(name + " is refused by", told + " proxies", refused, refused == told && told > 0);
    answers(between, nonce)
        .forEach(answer -> stage.note(name + ": " + answer.getErrorDetail().getMessage()));
  }

  private static List<DeltaDiscoveryRequest> answers(Interposer between, String nonce) {
    return between.calls().answers().stream()
        .filter(r -> r.getResponseNonce().equals(nonce))
        .toList();
  }

  private static Resource resource(String name, String type, ByteString value) {
    return Resource.newBuilder()
        .setName(name)
        .setVersion("nonsense")
        .setResource(Any.newBuilder().setTypeUrl(type).setValue(value))
        .build();
  }

  private static DeltaDiscoveryResponse response(
      String name, String type, List<Resource> resources) {
    return DeltaDiscoveryResponse.newBuilder()
        .setTypeUrl(type)
        .setNonce(PassedCalls.NONCE + name)
        .addAllResources(resources)
        .build();
  }
}
