package dev.marrow.cli.command;

import dev.marrow.cli.cluster.Health;
import dev.marrow.cli.cluster.Questions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Our version and, if asked, the images of an installation. */
@Command(
    name = "version",
    description = "Shows the version, and with --cluster that of an installation.")
public final class VersionCommand implements Callable<Integer> {
  /** This build's. */
  public static final String OURS = "0.1.0";

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClusterCommand cluster = new ClusterCommand();
  @Mixin private Output output = new Output();

  @Option(names = "--cluster", description = "also the images of the installation")
  private boolean remote;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Map<String, String> images = remote ? images() : Map.of();
    if (output.json()) {
      Output.json(out, Map.of("version", OURS, "images", images));
      return 0;
    }
    out.println("marrow " + OURS);
    images.forEach((name, image) -> out.println(name + ": " + image));
    out.flush();
    return 0;
  }

  private Map<String, String> images() throws IOException {
    try (Questions questions = cluster.questions()) {
      return new Health(questions, cluster.namespace()).images();
    }
  }
}
