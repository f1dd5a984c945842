package dev.marrow.identity.revocation;

import dev.marrow.identity.FileState;
import dev.marrow.identity.PeerRefusal;
import dev.marrow.identity.RevocationCheck;
import dev.marrow.identity.Verdict.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The revocation lists in a file or a directory of files. Judges whole paths, root excepted.
 * Thread-safe; {@link #reload} is called by whoever watches the files. When what was read is new,
 * the listeners are told, so that live connections can be judged again.
 *
 * <p>A file that cannot be read keeps what was read before from all of them, and so does a
 * directory without any: a volume that is not mounted looks like that.
 */
public final class CrlStore implements RevocationCheck {
  private static final Logger LOG = LoggerFactory.getLogger(CrlStore.class);
  private static final long MAX_FILE_BYTES = 64L << 20;

  private final Path path;
  private final Unknown unknown;
  private final Clock clock;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Map<X500Principal, List<RevocationList>> lists = Map.of();
  private final LongSupplier nanos;
  private Map<Path, FileState> states = Map.of();
  private String trouble = "";

  /** What becomes of a certificate about which no valid list of its issuer says anything. */
  public enum Unknown {
    /** It is accepted. */
    ACCEPT,
    /** It is refused. */
    REFUSE
  }

  private CrlStore(Path path, Unknown unknown, Clock clock, LongSupplier nanos) {
    this.path = path;
    this.unknown = unknown;
    this.clock = clock;
    this.nanos = nanos;
  }

  /**
   * The lists in {@code path}, a file or a directory; it may come into being later. If it goes away
   * again, what was read before stays: that a file is lost must not let anybody in.
   */
  public static CrlStore open(Path path, Unknown unknown, Clock clock) {
    return open(path, unknown, clock, System::nanoTime);
  }

  static CrlStore open(Path path, Unknown unknown, Clock clock, LongSupplier nanos) {
    CrlStore store = new CrlStore(path, unknown, clock, nanos);
    store.reload();
    return store;
  }

  /** Calls {@code listener} after each change, on the thread that called {@link #reload}. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Reads the files again if they may have changed; whether there was anything new. */
  public boolean reload() {
    Map<X500Principal, List<RevocationList>> next;
    synchronized (this) {
      try {
        List<Path> files = files();
        if (untouched(files)) {
          return false;
        }
        if (files.isEmpty() && !lists.isEmpty()) {
          throw new NoSuchFileException("no file in the directory");
        }
        next = read(files);
        trouble = "";
      } catch (IOException unreadable) {
        states = Map.of(); // it may become readable without any other change
        warnOnce(String.valueOf(unreadable.getMessage()));
        return false;
      } catch (IllegalArgumentException broken) {
        warnOnce(String.valueOf(broken.getMessage()));
        return false;
      }
      if (next.equals(lists)) {
        return false;
      }
      lists = next;
    }
    LOG.info("{}: revocation lists of {} issuers", path, next.size());
    listeners.forEach(Runnable::run);
    return true;
  }

  /** Whether these are the files that were read, and none of them may say something else. */
  private boolean untouched(List<Path> files) {
    boolean same = states.keySet().equals(Set.copyOf(files));
    if (!same) {
      states = files.stream().collect(Collectors.toMap(f -> f, f -> new FileState(f, nanos)));
    }
    // Each is asked, because asking makes it remember what it saw.
    return states.values().stream().filter(FileState::mayHaveChanged).count() == 0 && same;
  }

  /** The file is looked at every few seconds: one line for each trouble, not for each look. */
  private void warnOnce(String why) {
    if (!why.equals(trouble)) {
      trouble = why;
      LOG.warn(
          "{}: not read: {} ({})",
          path,
          why,
          lists.isEmpty() ? "there are no revocation lists" : "the lists read before stay in use");
    }
  }

  @Override
  public Optional<Refused> refusal(List<X509Certificate> path) {
    Map<X500Principal, List<RevocationList>> now = lists;
    for (int i = 0; i + 1 < path.size(); i++) {
      Optional<Refused> refused = refusal(path.get(i), path.get(i + 1), now);
      if (refused.isPresent()) {
        return refused;
      }
    }
    return Optional.empty();
  }

  private Optional<Refused> refusal(
      X509Certificate certificate,
      X509Certificate issuer,
      Map<X500Principal, List<RevocationList>> all) {
    boolean known = false;
    for (RevocationList list : all.getOrDefault(issuer.getSubjectX500Principal(), List.of())) {
      if (!list.signedBy(issuer)) {
        continue;
      }
      // A list that is out of date still names those it names.
      if (list.names(certificate)) {
        return refused(PeerRefusal.REVOKED, certificate, "revoked by " + name(issuer));
      }
      known |= list.isCompleteAt(clock.instant());
    }
    return known || unknown == Unknown.ACCEPT
        ? Optional.empty()
        : refused(PeerRefusal.REVOCATION_UNKNOWN, certificate, "no valid list of " + name(issuer));
  }

  private static Map<X500Principal, List<RevocationList>> read(List<Path> files)
      throws IOException {
    List<RevocationList> all = new ArrayList<>();
    for (Path file : files) {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new IOException("%s: larger than %d bytes".formatted(file, MAX_FILE_BYTES));
      }
      CrlFile.parse(Files.readAllBytes(file)).stream().map(RevocationList::new).forEach(all::add);
    }
    return all.stream().collect(Collectors.groupingBy(RevocationList::issuer));
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(path)) {
      if (!Files.exists(path)) {
        throw new NoSuchFileException("no such file");
      }
      return List.of(path);
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (NoSuchFileException gone) {
      return List.of();
    }
  }

  private static Optional<Refused> refused(
      PeerRefusal why, X509Certificate certificate, String detail) {
    String serial = certificate.getSerialNumber().toString(16);
    return Optional.of(new Refused(why, "serial " + serial + ": " + detail));
  }

  private static String name(X509Certificate issuer) {
    return issuer.getSubjectX500Principal().getName();
  }
}
