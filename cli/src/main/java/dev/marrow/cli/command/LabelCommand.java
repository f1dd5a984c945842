package dev.marrow.cli.command;

import dev.marrow.cli.edit.UserObjects;
import dev.marrow.cli.local.NodeAdmin;
import dev.marrow.cli.local.plan.MeshPlan;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ResourceSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sets labels in the user's YAML and waits until the data plane has followed. */
@Command(
    name = "label",
    description = {
      "Sets labels of an object (KEY=VALUE) or removes them (KEY-), in its YAML file, and waits until the data plane has followed.",
      "For example: marrow label namespace shop istio.io/dataplane-mode=ambient"
    })
public final class LabelCommand implements Callable<Integer> {
  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("namespace", "Namespace"),
          Map.entry("ns", "Namespace"),
          Map.entry("pod", "Pod"),
          Map.entry("service", "Service"),
          Map.entry("svc", "Service"),
          Map.entry("deployment", "Deployment"),
          Map.entry("deploy", "Deployment"),
          Map.entry("serviceaccount", "ServiceAccount"),
          Map.entry("sa", "ServiceAccount"),
          Map.entry("gateway", "Gateway"),
          Map.entry("gtw", "Gateway"));

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "KIND",
      description = "namespace, pod, service, deployment, serviceaccount or gateway")
  private String kind = "";

  @Parameters(index = "1", paramLabel = "NAME", description = "the object's name")
  private String name = "";

  @Parameters(
      index = "2..*",
      arity = "1..*",
      paramLabel = "KEY=VALUE|KEY-",
      description = "labels to set, or to take away")
  private List<String> changes = List.of();

  @Option(
      names = {"-n", "--namespace"},
      description = "the object's namespace (default: ${DEFAULT-VALUE})")
  private String namespace = "default";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "how long to wait (default: ${DEFAULT-VALUE})")
  private long seconds = NodeAdmin.PATIENCE.toSeconds();

  @Override
  public Integer call() throws IOException {
    Logging.quiet();
    MeshSettings settings = MeshSettings.localOrCluster();
    settings.requireRightsFor("label");
    PrintWriter out = spec.commandLine().getOut();
    UserObjects objects = settings.userObjects();
    KubeObject object = find(objects.read());
    // All are read before the first is made.
    List<Change> wishes = new ArrayList<>();
    for (String change : changes) wishes.add(Change.parse(change));
    boolean changed = false;
    for (Change wish : wishes) changed |= apply(objects, object, wish);
    out.println(
        object.key()
            + (changed ? ": changed in " : ": nothing to change in ")
            + object.origin().source());
    out.flush();
    DataPlane dataPlane = new DataPlane(settings);
    settings.running();
    ResourceSnapshot wanted = objects.read();
    dataPlane.await(
        "the data plane has followed",
        mesh -> dataPlane.enrolment(wanted, mesh),
        Duration.ofSeconds(seconds),
        out);
    return 0;
  }

  private KubeObject find(ResourceSnapshot objects) throws IOException {
    String known = KINDS.get(kind.toLowerCase(java.util.Locale.ROOT));
    if (known == null)
      throw new IOException(
          kind
              + ": no kind with labels here (expected: namespace, pod, service, deployment, serviceaccount or gateway)");
    String where = known.equals("Namespace") ? "" : namespace;
    Optional<KubeObject> object = objects.get(known, where, name);
    return object.orElseThrow(() ->
        new IOException(
            "%s %s: no such object (there are: %s)"
                .formatted(
                    known,
                    name,
                    String.join(
                        ", ",
                        objects.all(known).stream()
                            .map(it ->
                                (it.namespace().isEmpty() ? "" : it.namespace() + "/") + it.name())
                            .toList()))));
  }

  private static boolean apply(UserObjects objects, KubeObject object, Change change)
      throws IOException {
    return objects.label(object, change.key(), change.value());
  }

  /** One change of a label; without a value it is removed. */
  record Change(String key, Optional<String> value) {
    private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?";

    static Change parse(String text) throws IOException {
      int equals = text.indexOf('=');
      boolean removal = equals < 0 && text.endsWith("-");
      String key =
          removal
              ? text.substring(0, text.length() - 1)
              : equals < 0 ? text : text.substring(0, equals);
      if (!removal && equals < 0)
        throw new IOException(text + ": no change (expected: KEY=VALUE or KEY-)");
      if (!key.matches("([a-z0-9.-]+/)?" + NAME))
        throw new IOException(key + ": no label key (expected: [PREFIX/]NAME)");
      String value = removal ? "" : text.substring(equals + 1);
      if (!value.isEmpty() && !value.matches(NAME)) {
        throw new IOException(
            value + ": no label value (expected: up to 63 letters, digits, '.', '_' and '-')");
      }
      Optional<String> slip = MeshPlan.slip(key, value);
      if (slip.isPresent()) throw new IOException(slip.get());
      return new Change(key, removal ? Optional.empty() : Optional.of(value));
    }
  }
}
