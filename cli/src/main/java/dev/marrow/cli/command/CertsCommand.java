package dev.marrow.cli.command;

import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** The certificates the nodes' proxies hold. */
@Command(
    name = "certs",
    description = "Lists the certificates that the nodes' proxies hold for their pods.")
public final class CertsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws IOException {
    MeshSettings settings = MeshSettings.localOrCluster();
    settings.requireRightsFor("certs");
    MeshState mesh = settings.running();
    List<String> silent = new ArrayList<>();
    List<Map<String, String>> items = new ArrayList<>();
    ProxyDumps dumps = new ProxyDumps(settings);
    for (MeshState.Program proxy : mesh.programs()) {
      if (!ProxyDumps.isNodeProxy(proxy)) continue;
      try {
        for (JsonNode certificate : dumps.ofNodeProxy(proxy).path("certificates")) {
          items.add(item(proxy.node(), certificate));
        }
      } catch (IOException failure) {
        silent.add("an answer of " + proxy.name() + " (" + failure.getMessage() + ")");
      }
    }
    if (output.json()) Output.items(spec.commandLine().getOut(), items);
    else table(items);
    silent.forEach(line -> spec.commandLine().getErr().println("marrow certs: lacks " + line));
    return silent.isEmpty() ? 0 : 1;
  }

  private static Map<String, String> item(String node, JsonNode certificate) {
    JsonNode leaf = certificate.path("certChain").path(0);
    Map<String, String> item = new LinkedHashMap<>();
    item.put("identity", certificate.path("identity").asString(""));
    item.put("node", node);
    item.put("state", certificate.path("state").asString(""));
    item.put("serial", leaf.path("serialNumber").asString(""));
    item.put("notBefore", leaf.path("validFrom").asString(""));
    item.put("notAfter", leaf.path("expirationTime").asString(""));
    return item;
  }

  private void table(List<Map<String, String>> items) {
    Table table = new Table("IDENTITY", "NODE", "STATE", "SERIAL", "NOT BEFORE", "NOT AFTER");
    for (Map<String, String> item : items) table.row(item.values().toArray(String[]::new));
    table.print(spec.commandLine().getOut());
  }
}
