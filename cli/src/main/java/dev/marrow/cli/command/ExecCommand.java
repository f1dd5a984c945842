package dev.marrow.cli.command;

import dev.marrow.cli.local.network.Names;
import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a command where a pod is. Ends with the command's status. */
@Command(name = "exec", description = "Runs a command inside a pod: marrow exec POD -- CMD...")
public final class ExecCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "POD",
      description = "a pod, or a Deployment for one of its pods")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "CMD",
      description = "what to run, with its arguments")
  private List<String> arguments = List.of();

  @Option(
      names = {"-n", "--namespace"},
      description = "the pod's namespace")
  private String namespace = "";

  @Override
  public Integer call() throws IOException, InterruptedException {
    MeshSettings.requireRoot("exec");
    MeshState.Pod pod = new Targets(MeshSettings.current().running(), namespace).pod(name);
    List<String> command = new ArrayList<>(List.of("nsenter", "--net=" + Names.path(pod.netns())));
    boolean lives = pod.pid() > 0 && Files.exists(Path.of("/proc/" + pod.pid()));
    // A pod whose process is just down still has its network.
    if (lives) command.addAll(List.of("-t", "" + pod.pid(), "--mount", "--uts"));
    command.add("--");
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    if (lives) environment(pod.pid(), builder.environment());
    Process process = builder.start();
    // Who stops us means the command.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop"));
    return process.waitFor();
  }

  /** The pod's own environment, with our terminal. */
  private static void environment(long pid, Map<String, String> environment) throws IOException {
    String terminal = environment.getOrDefault("TERM", "dumb");
    String text =
        new String(
            Files.readAllBytes(Path.of("/proc/" + pid + "/environ")), StandardCharsets.UTF_8);
    environment.clear();
    environment.put("TERM", terminal);
    for (String variable : text.split("\0")) {
      int equals = variable.indexOf('=');
      if (equals > 0)
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
  }
}
