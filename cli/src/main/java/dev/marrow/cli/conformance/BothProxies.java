package dev.marrow.cli.conformance;

import dev.marrow.conformance.command.Conform;
import dev.marrow.conformance.command.RunCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * {@code run --self} without a profile: our node proxy and our waypoint, each in a namespace of its
 * own, at the same time unless there are floods. Used by one thread.
 */
final class BothProxies {
  private static final List<String> PROFILES = List.of("hbone", "waypoint");
  private static final List<String> ELSE = List.of("--profile", "--help", "-h", "--version", "-V");

  private BothProxies() {}

  static boolean areMeant(String[] args) {
    return args.length > 1
        && args[0].equals("conformance")
        && args[1].equals("run")
        && Arrays.asList(args).contains("--self")
        && Arrays.stream(args).map(each -> each.replaceFirst("=.*", "")).noneMatch(ELSE::contains);
  }

  /** The command for one of them; its report goes into a folder of its own. */
  static String[] arguments(String[] args, String profile) {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      boolean folder = i > 0 && args[i - 1].equals("--out");
      boolean joined = args[i].startsWith("--out=");
      out.add(folder || joined ? args[i] + "/" + profile : args[i]);
    }
    out.addAll(List.of("--profile", profile, "--of-both"));
    return out.toArray(new String[0]);
  }

  static Optional<Path> folder(String[] args) {
    Optional<String> found = Optional.empty();
    for (int i = 0; i < args.length; i++) {
      if (args[i].startsWith("--out=")) {
        found = Optional.of(args[i].substring("--out=".length()));
      } else if (i > 0 && args[i - 1].equals("--out")) {
        found = Optional.of(args[i]);
      }
    }
    return found.map(Path::of);
  }

  /** Of both: the worse one; a profile without a case that matches does not count. */
  static int exit(List<Integer> codes) {
    List<Integer> counted =
        codes.stream().filter(code -> code != RunCommand.NOTHING_MATCHES).toList();
    return counted.stream().mapToInt(Integer::intValue).max().orElse(2);
  }

  static int run(String[] args, String launcher) throws IOException, InterruptedException {
    boolean floods = Arrays.asList(args).contains("--allow-dos");
    Path later = Files.createTempFile("marrow-conformance", ".txt");
    try {
      Process first = OwnNamespace.isolated(arguments(args, PROFILES.getFirst()), launcher).start();
      int one = floods ? first.waitFor() : 0;
      ProcessBuilder builder = OwnNamespace.isolated(arguments(args, PROFILES.getLast()), launcher);
      if (!floods) {
        // Two that write at once cannot be read: the second one's lines come at the end.
        builder.redirectErrorStream(true).redirectOutput(later.toFile());
      }
      Process second = builder.start();
      int firstEnd = floods ? one : first.waitFor();
      int secondEnd = second.waitFor();
      System.out.print(Files.readString(later));
      sideBySide(args);
      return exit(List.of(firstEnd, secondEnd));
    } finally {
      Files.deleteIfExists(later);
    }
  }

  private static void sideBySide(String[] args) {
    Optional<Path> folder = folder(args);
    if (folder.isEmpty()) {
      return;
    }
    List<String> reports =
        PROFILES.stream()
            .map(profile -> folder.get().resolve(profile))
            .filter(each -> Files.exists(each.resolve("report.json")))
            .map(Path::toString)
            .toList();
    if (reports.size() == PROFILES.size()) {
      Conform.create(Optional.empty())
          .execute("matrix", reports.getFirst(), reports.getLast(), "--out", folder.get() + "");
      System.out.println("  side by side: " + folder.get().resolve("matrix.html"));
    }
  }
}
