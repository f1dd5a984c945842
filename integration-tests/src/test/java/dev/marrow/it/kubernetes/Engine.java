package dev.marrow.it.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Volume;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * The container engine that Testcontainers finds, with our images in it, and one network, which is
 * deleted in the end. Nothing is pulled.
 */
final class Engine implements AutoCloseable {
  private static final String HUB = "localhost/marrow/";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Network network = Network.newNetwork();

  private Engine() {}

  /** Loads {@code archive}, made by {@code ./marrow images}. */
  static Engine with(Path archive) throws IOException {
    assertThat(archive).as("./marrow images makes it").exists();
    assertThat(DockerClientFactory.instance().isDockerAvailable())
        .as("a container engine answers, at DOCKER_HOST or at its usual socket")
        .isTrue();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(archive), 1 << 20)) {
      // The other command returns before the engine has read it all.
      client().loadImageAsyncCmd(in).start().awaitMessage();
    }
    return new Engine();
  }

  /**
   * One of our programs as a cluster would run it: as the image's user, with a root that is read
   * only, its rights and no others, an empty /tmp and {@code folder} as /config. It has started
   * when it says it is ready.
   */
  GenericContainer<?> container(Confined program, Path folder) {
    return new GenericContainer<>(DockerImageName.parse(image(program.name())))
        .withImagePullPolicy(name -> false)
        .withNetwork(network)
        .withTmpFs(Map.of("/tmp", ""))
        .withCreateContainerCmdModifier(command -> confine(command, program, folder))
        .withExposedPorts(program.port())
        .withStartupAttempts(1)
        .waitingFor(
            Wait.forHttp(program.path()).forPort(program.port()).withStartupTimeout(PATIENCE));
  }

  /** The folder is bound here: Testcontainers' own way asks an image that it would pull. */
  private static void confine(CreateContainerCmd command, Confined program, Path folder) {
    Objects.requireNonNull(command.getHostConfig())
        .withReadonlyRootfs(true)
        .withBinds(new Bind(folder.toString(), new Volume("/config"), AccessMode.ro))
        .withCapDrop(Capability.ALL)
        .withCapAdd(program.rights().toArray(Capability[]::new));
  }

  /** Asks it to end, as an engine and a kubelet do, and says with which code it did. */
  static long terminate(GenericContainer<?> container) {
    String id = container.getContainerId();
    client().stopContainerCmd(id).withTimeout((int) PATIENCE.toSeconds()).exec();
    Long code = client().inspectContainerCmd(id).exec().getState().getExitCodeLong();
    return Objects.requireNonNull(code);
  }

  static String user(String program) {
    return Objects.requireNonNull(
        Objects.requireNonNull(client().inspectImageCmd(image(program)).exec().getConfig())
            .getUser());
  }

  /** Its address for other containers. */
  static String address(GenericContainer<?> container) {
    return container.getContainerInfo().getNetworkSettings().getNetworks().values().stream()
        .map(network -> Objects.requireNonNull(network.getIpAddress()))
        .findFirst()
        .orElseThrow();
  }

  private static String image(String program) {
    return HUB + program + ":" + System.getProperty("marrow.version", "0.1.0");
  }

  private static DockerClient client() {
    return DockerClientFactory.instance().client();
  }

  @Override
  public void close() {
    network.close();
  }
}
