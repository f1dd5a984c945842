package dev.marrow.controlplane.cluster;

import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.Reply;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which installation looks after the objects of a revision: the one that is named in a ConfigMap of
 * {@code kube-system}. Leases are per namespace, so that the leaders of two installations would
 * otherwise write over one another for ever. An installation counts as gone when the service
 * account of its control plane is, which an uninstallation takes away and a restart does not.
 * Thread-safe; blocks.
 */
public final class Claim {
  /** The service account of a control plane, in each installation. */
  public static final String ACCOUNT = "control-plane";

  private static final Logger log = LoggerFactory.getLogger(Claim.class);
  private static final String PLACE = "/api/v1/namespaces/kube-system/configmaps/";
  private static final String OWNER = "namespace";

  private final ApiServer server;
  private final String namespace;
  private final String revision;
  private volatile Optional<String> rival = Optional.empty();

  /** The claim of the installation in {@code namespace} on the objects of {@code revision}. */
  public Claim(ApiServer server, String namespace, String revision) {
    this.server = server;
    this.namespace = namespace;
    this.revision = revision;
  }

  /** The namespace of another installation that was first, as last seen. */
  public Optional<String> rival() {
    return rival;
  }

  /** What to tell people who wonder why we do nothing. */
  public Optional<String> complaint() {
    return rival.map(other ->
        ("another installation, in namespace %s, looks after revision %s; this one, in %s, writes "
                + "nothing: uninstall one of them, or give one another revision")
            .formatted(other, revision, namespace));
  }

  /** Takes it if nobody else has it; says whether it is ours. */
  public boolean taken() throws IOException, InterruptedException {
    String owner = owner();
    if (owner.equals(namespace)) {
      note(Optional.empty());
      return true;
    }
    if (!owner.isEmpty() && !gone(owner)) {
      note(Optional.of(owner));
      return false;
    }
    Reply reply = take(!owner.isEmpty());
    // The other one was a moment earlier: the next look will show it.
    if (reply.conflict()) {
      return false;
    }
    // Without that namespace there is nowhere to meet.
    if (!reply.ok() && !reply.notFound()) {
      throw new IOException(reply.reason());
    }
    note(Optional.empty());
    return true;
  }

  private String owner() throws IOException, InterruptedException {
    Reply found = server.get(PLACE + name());
    if (!found.ok() && !found.notFound()) {
      throw new IOException(found.reason());
    }
    return found.ok() ? found.body().path("data").path(OWNER).stringValue("") : "";
  }

  private boolean gone(String owner) throws IOException, InterruptedException {
    Reply account =
        server.get("/api/v1/namespaces/%s/serviceaccounts/%s".formatted(owner, ACCOUNT));
    if (!account.ok() && !account.notFound()) {
      throw new IOException(account.reason());
    }
    return account.notFound();
  }

  /** Each installation is a manager of its own, so the API server lets only the first one in. */
  private Reply take(boolean fromOneThatIsGone) throws IOException, InterruptedException {
    ObjectNode map = JsonNodeFactory.instance.objectNode();
    map.put("apiVersion", "v1").put("kind", "ConfigMap");
    map.putObject("metadata").put("name", name()).put("namespace", "kube-system");
    map.putObject("data").put(OWNER, namespace);
    String manager = manager(namespace);
    return fromOneThatIsGone
        ? server.apply(PLACE + name(), manager, map)
        : server.applyUnlessOwned(PLACE + name(), manager, map);
  }

  /** The field manager of what two installations must not both write. */
  static String manager(String namespace) {
    return StatusOnServer.MANAGER + "-" + namespace;
  }

  private String name() {
    return revision.equals("default") ? "marrow-installation" : "marrow-installation-" + revision;
  }

  private synchronized void note(Optional<String> now) {
    if (!now.equals(rival)) {
      rival = now;
      complaint()
          .ifPresentOrElse(
              log::error,
              () -> log.info("no other installation looks after revision {} now", revision));
    }
  }
}
