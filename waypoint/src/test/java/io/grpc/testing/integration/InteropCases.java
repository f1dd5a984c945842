package io.grpc.testing.integration;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Lets tests of ours run the programs of grpc-interop-testing without a process each. */
public final class InteropCases {
  /**
   * All cases that need no credentials of a cloud, no cache and no balancer of gRPC's own. Those of
   * compression go without their probe, which grpc-java's server does not pass by itself.
   */
  public static final List<String> NAMES =
      List.of(
          "empty_unary",
          "large_unary",
          "client_compressed_unary_noprobe",
          "server_compressed_unary",
          "client_streaming",
          "client_compressed_streaming_noprobe",
          "server_streaming",
          "server_compressed_streaming",
          "ping_pong",
          "empty_stream",
          "custom_metadata",
          "status_code_and_message",
          "special_status_message",
          "unimplemented_method",
          "unimplemented_service",
          "cancel_after_begin",
          "cancel_after_first_response",
          "timeout_on_sleeping_server",
          "very_large_request",
          "pick_first_unary",
          "rpc_soak",
          "channel_soak");

  /** Kept, for a logger that nobody keeps forgets its level. */
  private static final Logger TALK = Logger.getLogger("io.grpc.testing.integration");

  private InteropCases() {}

  /** The suite's server. */
  public record Running(TestServiceServer server) implements AutoCloseable {
    public int port() {
      return server.getPort();
    }

    @Override
    public void close() throws Exception {
      server.stop();
    }
  }

  public static Running server() throws Exception {
    TALK.setLevel(Level.WARNING);
    TestServiceServer server = new TestServiceServer();
    server.parseArgs(new String[] {"--port=0", "--use_tls=false"});
    server.start();
    return new Running(server);
  }

  /** Fails as the suite's client fails. */
  public static void run(String name, int port) throws Exception {
    TestServiceClient client = new TestServiceClient();
    client.parseArgs(
        new String[] {
          "--server_host=127.0.0.1",
          "--server_port=" + port,
          "--use_tls=false",
          "--test_case=" + name,
          "--soak_iterations=20",
          "--soak_max_failures=0",
          "--soak_per_iteration_max_acceptable_latency_ms=5000"
        });
    client.setUp();
    try {
      invoke(client, "run");
    } finally {
      invoke(client, "tearDown");
    }
  }

  /** By handle, as reflection would load the clouds' libraries that other methods name. */
  private static void invoke(TestServiceClient client, String name) throws Exception {
    try {
      MethodHandles.privateLookupIn(TestServiceClient.class, MethodHandles.lookup())
          .findVirtual(TestServiceClient.class, name, MethodType.methodType(void.class))
          .invokeExact(client);
    } catch (Throwable e) {
      throw new AssertionError(name, e);
    }
  }
}
