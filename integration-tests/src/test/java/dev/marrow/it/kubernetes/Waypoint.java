package dev.marrow.it.kubernetes;

import java.io.IOException;
import java.time.Duration;

/** A waypoint of the shop that only lets people read, from a Gateway object alone. */
record Waypoint(String name) {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String ALL =
      "deployments,pods,services,serviceaccounts,poddisruptionbudgets,hpa";

  /** Applies the Gateway and its rule, and waits until its pods serve. */
  static Waypoint apply(String name, String annotations) throws Exception {
    Cluster.apply(
        Cluster.resource("waypoint.yaml")
            .replace("NAME", name)
            .replace("ANNOTATIONS", "{" + annotations + "}"));
    var waypoint = new Waypoint(name);
    Cluster.until(name + " is programmed", PATIENCE, waypoint::programmed);
    Cluster.rolledOut(Shop.NAMESPACE, "deployment/" + name);
    return waypoint;
  }

  private boolean programmed() throws IOException {
    return Shop.field("gateway/" + name, "{.status.conditions[?(@.type==\"Programmed\")].status}")
        .equals("True");
  }

  void awaitReadOnly() throws Exception {
    Cluster.until(
        "writing is denied", PATIENCE, () -> Shop.answer("--post-data=x").contains("403"));
  }

  void awaitReplicas(int number) throws Exception {
    String wanted = Integer.toString(number);
    Cluster.until(
        number + " pods of " + name,
        PATIENCE,
        () -> Shop.field("deployment/" + name, "{.status.readyReplicas}").equals(wanted));
  }

  /** Waits until no other pods are left, not even such as are ending. */
  void awaitPods(int number) throws Exception {
    Cluster.until(
        "only %d pods of %s are left".formatted(number, name),
        PATIENCE,
        () -> made("pods").lines().count() == number);
  }

  /** Deletes one of the objects made for it, and waits until there is another. */
  void loses(String kind) throws Exception {
    String before = uid(kind);
    Shop.kubectl("delete", kind, name, "--wait=false");
    Cluster.until(
        kind + " is made again",
        Duration.ofSeconds(15),
        () -> !uid(kind).isEmpty() && !uid(kind).equals(before));
  }

  private String uid(String kind) throws IOException {
    return Shop.kubectl("get", kind, name, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}")
        .strip();
  }

  /** Deletes the Gateway and its rule, and waits until nothing of it is left. */
  void delete() throws Exception {
    Shop.kubectl("delete", "gateway", name);
    Shop.kubectl("delete", "authorizationpolicy", name + "-read-only");
    Cluster.until("nothing of " + name + " is left", PATIENCE, () -> made(ALL).isEmpty());
  }

  private String made(String kinds) throws IOException {
    return Shop.kubectl(
            "get", kinds, "-l", "gateway.networking.k8s.io/gateway-name=" + name, "-o", "name")
        .strip();
  }
}
