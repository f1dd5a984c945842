package dev.marrow.it.kubernetes;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** The namespace with the server and its customers: what is done to it and asked of it. */
final class Shop {
  static final String NAMESPACE = "it-shop";
  static final String SERVER = "deployment/server";
  static final String CUSTOMERS = "deployment/customers";
  static final String MODE = "istio.io/dataplane-mode";
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String ENROLLED =
      "{range .items[?(@.status.phase=='Running')]}"
          + "{.metadata.annotations.ambient\\.istio\\.io/redirection}|{end}";

  private Shop() {}

  static void open() throws IOException {
    String rate = Integer.toString(Cluster.requestsPerSecond());
    Cluster.apply(Cluster.resource("shop.yaml").replace("REQUESTS", rate));
  }

  static String kubectl(String... arguments) throws IOException {
    String[] all = new String[arguments.length + 2];
    all[0] = "-n";
    all[1] = NAMESPACE;
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return Cluster.kubectl(all);
  }

  static String field(String kind, String path) throws IOException {
    return Cluster.field(NAMESPACE, kind, path);
  }

  static Traffic traffic(long requests) throws Exception {
    return Traffic.after(NAMESPACE, CUSTOMERS, requests);
  }

  static void label(String change) throws IOException {
    Cluster.kubectl("label", "namespace", NAMESPACE, change, "--overwrite");
  }

  /** Changes a label of what {@code bound} names to kubectl, for example a kind and a name. */
  static void label(String change, String... bound) throws IOException {
    List<String> words = new ArrayList<>(List.of("label"));
    words.addAll(Arrays.asList(bound));
    words.add(change);
    kubectl(words.toArray(String[]::new));
  }

  /** Waits until all its pods are captured. */
  static void awaitCaptured() throws Exception {
    Cluster.until("all pods are captured", SOON, () -> pods("enabled"::equals));
  }

  /** Waits until none of its pods is captured. */
  static void awaitFree() throws Exception {
    Cluster.until("no pod is captured", SOON, () -> pods(String::isEmpty));
  }

  private static boolean pods(Predicate<String> redirection) throws IOException {
    String all =
        Cluster.kubectl(
            "-n",
            NAMESPACE,
            "get",
            "pods",
            "-l",
            "app in (server,customers)",
            "-o",
            "jsonpath=" + ENROLLED);
    return List.of(all.strip().split("\\|", -1)).reversed().stream().skip(1).allMatch(redirection);
  }

  /** Names of the pods, and how often their containers began again. */
  static String pods() throws IOException {
    return kubectl(
        "get",
        "pods",
        "-l",
        "app in (server,customers)",
        "-o",
        "jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[*].restartCount};{end}");
  }

  /** The node that pods of an app are on. */
  static String node(String app) throws IOException {
    return kubectl("get", "pods", "-l", "app=" + app, "-o", "jsonpath={.items[0].spec.nodeName}")
        .strip();
  }

  /** How a pod ends that asks the server for a page as its first deed. */
  static String hasty(String name, String namespace) throws Exception {
    Cluster.kubectl(
        "-n",
        namespace,
        "delete",
        "pod",
        name,
        "--ignore-not-found",
        "--grace-period=0",
        "--force");
    Cluster.kubectl(
        "-n",
        namespace,
        "run",
        name,
        "--image=localhost/marrow/shop:0.1.0",
        "--restart=Never",
        "--command",
        "--",
        "/bin/sh",
        "-c",
        "wget -q -O /dev/null http://server.it-shop:8080/");
    Cluster.until(
        "pod " + name + " has ended",
        SOON,
        () -> !end(name, namespace).matches("Pending|Running|"));
    return end(name, namespace);
  }

  private static String end(String name, String namespace) throws IOException {
    return Cluster.field(namespace, "pod/" + name, "{.status.phase}");
  }

  /** What the server answers a customer, or why not. */
  static String answer(String option) throws IOException {
    try {
      return kubectl("exec", CUSTOMERS, "--", "wget", option, "-O", "-", "http://server:8080/");
    } catch (IOException refused) {
      return String.valueOf(refused.getMessage());
    }
  }
}
