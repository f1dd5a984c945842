package dev.marrow.nodeagent.kube;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the network namespaces of pods that run already: a process of a pod is in a control group
 * that has the pod's uid in its name, whatever the runtime. Thread-safe.
 *
 * @param processes the node's {@code /proc}
 * @param named where the runtime keeps namespaces by name, such as {@code /var/run/netns}
 */
record HostNamespaces(Path processes, Path named) {
  /** With dashes from the file system's driver, with underscores from systemd's. */
  private static final Pattern POD =
      Pattern.compile("pod([0-9a-f]{8}([-_])[0-9a-f]{4}(?:\\2[0-9a-f]{4}){2}\\2[0-9a-f]{12})");

  /** The namespaces of those of {@code uids} that have a process. */
  Map<String, Path> find(Set<String> uids) {
    Map<String, Path> found = new HashMap<>();
    if (uids.isEmpty()) {
      return found;
    }
    Map<Object, Path> names = names();
    Optional<Object> ours = inode(processes.resolve("1/ns/net"));
    processesByAge()
        .forEach((pid, process) ->
            podOf(process)
                .filter(uid -> uids.contains(uid) && !found.containsKey(uid))
                .ifPresent(uid -> {
                  Path path = process.resolve("ns/net");
                  Optional<Object> inode = inode(path);
                  // The first process of a container is in the node's namespace for a moment.
                  if (inode.isPresent() && !inode.equals(ours)) {
                    // A name outlives the process; without one the process has to do.
                    found.put(uid, names.getOrDefault(inode.get(), path));
                  }
                }));
    return found;
  }

  /** Where this process can open what the node calls {@code path}. */
  Path seenFromHere(String path) {
    Path plain = Path.of(path).normalize();
    for (String prefix : new String[] {"/var/run/netns", "/run/netns"}) {
      if (plain.startsWith(prefix)) {
        return named.resolve(Path.of(prefix).relativize(plain));
      }
    }
    return plain.startsWith("/proc")
        ? processes.resolve(Path.of("/proc").relativize(plain))
        : plain;
  }

  private Map<Object, Path> names() {
    Map<Object, Path> names = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(named)) {
      files.forEach(file -> inode(file).ifPresent(inode -> names.put(inode, file)));
    } catch (IOException | DirectoryIteratorException none) {
      return names;
    }
    return names;
  }

  /** Low numbers first: a pod's oldest process is the one that holds its namespaces. */
  private TreeMap<Long, Path> processesByAge() {
    TreeMap<Long, Path> sorted = new TreeMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(processes, "[0-9]*")) {
      all.forEach(process -> sorted.put(Long.parseLong(process.getFileName().toString()), process));
    } catch (IOException | DirectoryIteratorException unreadable) {
      throw new UncheckedIOException(new IOException(processes + ": " + unreadable.getMessage()));
    }
    return sorted;
  }

  private static Optional<String> podOf(Path process) {
    try {
      Matcher pod = POD.matcher(Files.readString(process.resolve("cgroup")));
      return pod.find() ? Optional.of(pod.group(1).replace('_', '-')) : Optional.empty();
    } catch (IOException ended) {
      return Optional.empty();
    }
  }

  private static Optional<Object> inode(Path namespace) {
    try {
      return Optional.of(Files.getAttribute(namespace, "unix:ino"));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }
}
