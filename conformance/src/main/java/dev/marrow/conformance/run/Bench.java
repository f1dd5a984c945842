package dev.marrow.conformance.run;

import dev.marrow.conformance.Profile;
import dev.marrow.conformance.backend.Arrival;
import dev.marrow.conformance.backend.Backend;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.Link;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.TcpLink;
import dev.marrow.conformance.wire.TlsLink;
import dev.marrow.conformance.wire.TlsOffer;
import dev.marrow.conformance.wire.Transcript;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The tools for one case: connections that are closed for it, credentials, the application, a
 * transcript. One thread.
 */
public final class Bench implements AutoCloseable {
  private final Target target;
  private final Credentials credentials;
  private final Backend backend;
  private final SplittableRandom random;
  private final Transcript transcript = new Transcript();
  private final List<AutoCloseable> opened = new java.util.concurrent.CopyOnWriteArrayList<>();

  public Bench(Target target, Credentials credentials, Backend backend, SplittableRandom random) {
    this.target = target;
    this.credentials = credentials;
    this.backend = backend;
    this.random = random;
  }

  public Target target() {
    return target;
  }

  public Transcript transcript() {
    return transcript;
  }

  public Backend backend() {
    return backend;
  }

  public Duration patience() {
    return target.patience();
  }

  /** The certificate that the target accepts. Only for cases of tier SVID and above. */
  public Svid svid() {
    return credentials
        .svid()
        .orElseThrow(() -> new IllegalStateException("no SVID: the case claims too low a tier"));
  }

  /** The test authority. Only for cases of tier AUTHORITY. */
  public Mint mint() {
    return credentials
        .mint()
        .orElseThrow(
            () -> new IllegalStateException("no authority: the case claims too low a tier"));
  }

  /** The roots that vouch for the target, DER. */
  public List<byte[]> bundle() {
    return credentials.bundle();
  }

  /** A good leaf to be spoilt, for the kit's own identity. */
  public LeafSpec leaf() {
    return LeafSpec.svid(target.identity());
  }

  /** What a good client offers. */
  public TlsOffer offer() {
    return target.profile() == Profile.TLS ? TlsOffer.anonymous() : TlsOffer.standard(svid());
  }

  /**
   * {@code host:port} of the application with the wanted behaviour, as it goes into {@code
   * :authority}.
   */
  public String authority(Behaviour behaviour) {
    return target.applicationHost() + ":" + backend.port(behaviour);
  }

  /** Numbers that are the same whenever the seed is. */
  public SplittableRandom random() {
    return random;
  }

  /** What a good client with this identity offers. */
  public TlsOffer offerAs(String spiffeId) {
    return TlsOffer.standard(mint().issue(LeafSpec.svid(spiffeId)));
  }

  /** The namespace of the workload behind the target. */
  public String namespace() {
    String[] parts = target.serverIdentity().orElse("").split("/", -1);
    return parts.length > 4 && parts[3].equals("ns") ? parts[4] : "default";
  }

  /** 32 characters that no other tunnel has. */
  public String nonce() {
    return "%016x%016x".formatted(random.nextLong(), random.nextLong());
  }

  public TcpLink tcp() throws IOException {
    return keep(TcpLink.connect(target.address(), patience(), transcript));
  }

  public TlsLink tls(TlsOffer offer) throws IOException {
    return keep(TlsLink.open(tcp(), offer, patience(), transcript));
  }

  /** TLS with the good certificate, preface and SETTINGS done. */
  public H2Link h2(long... settings) throws IOException {
    return h2(offer(), settings);
  }

  public H2Link h2(TlsOffer offer, long... settings) throws IOException {
    return keep(new H2Link(tls(offer), transcript)).begin(patience(), settings);
  }

  /** An open, accepted tunnel to the application. */
  public Tunnel tunnel(H2Link h2, Behaviour behaviour) throws IOException {
    Tunnel tunnel = Tunnel.connect(h2, authority(behaviour));
    Optional<Integer> status = tunnel.status(patience());
    if (!status.equals(Optional.of(200))) {
      throw new IOException(
          "CONNECT %s: %s (expected: 200)"
              .formatted(authority(behaviour), status.map(String::valueOf).orElse("no answer")));
    }
    return tunnel;
  }

  /** The connection that the application got last, once it has noted all there are. */
  public Arrival lastArrival(Behaviour behaviour) throws IOException {
    backend.settle(behaviour);
    return backend.arrivals().stream()
        .filter(a -> a.behaviour() == behaviour)
        .reduce((first, second) -> second)
        .orElseThrow(() -> new IOException("the application saw no connection"));
  }

  /**
   * Tries to get a nonce through to the application and back. Never throws for what the target
   * does.
   */
  public Attempt attempt(TlsOffer offer) {
    return attempt(offer, authority(Behaviour.ECHO));
  }

  public Attempt attempt(TlsOffer offer, String authority) {
    touched(0);
    int openBefore = opened.size();
    int before = backend.count();
    long start = System.nanoTime();
    Progress progress = new Progress();
    try {
      reach(offer, authority, progress);
    } catch (LinkClosed e) {
      progress.closed = true;
      progress.alert = e.alert();
      progress.how = String.valueOf(e.getMessage());
    } catch (IOException e) {
      progress.how = String.valueOf(e.getMessage());
    }
    if (target.profile() == Profile.MTLS || target.profile() == Profile.TLS) {
      // A plain server may serve one connection at a time.
      opened
          .subList(Math.min(openBefore, opened.size()), opened.size())
          .forEach(this::closeQuietly);
    }
    boolean touched = touched(before);
    return new Attempt(
        progress.status,
        progress.echoed,
        touched,
        progress.closed,
        progress.alert,
        progress.how,
        Duration.ofNanos(System.nanoTime() - start));
  }

  private boolean touched(int before) {
    try {
      backend.settle(Behaviour.ECHO);
      backend.settle(Behaviour.ECHO_ELSEWHERE);
    } catch (IOException e) {
      transcript.add("application: %s", String.valueOf(e.getMessage()));
    }
    return backend.count() > before;
  }

  private static final class Progress {
    private Optional<Integer> status = Optional.empty();
    private boolean echoed;
    private boolean closed;
    private Optional<dev.marrow.conformance.wire.Alert> alert = Optional.empty();
    private String how = "";
  }

  private void reach(TlsOffer offer, String authority, Progress progress) throws IOException {
    TlsLink tls = tls(offer);
    if (target.profile() == Profile.MTLS || target.profile() == Profile.TLS) {
      echoDirectly(tls, progress);
      return;
    }
    H2Link h2 = new H2Link(tls, transcript).begin(patience());
    Tunnel tunnel = Tunnel.connect(h2, authority);
    progress.status = tunnel.status(patience());
    progress.how = progress.status.map(s -> "status " + s).orElse("no answer to CONNECT");
    progress.closed =
        progress.status.isEmpty() && h2.seen().stream().anyMatch(f -> f.is(3) || f.is(7));
    if (progress.status.equals(Optional.of(200))) {
      String nonce = nonce();
      tunnel.send(nonce.getBytes(StandardCharsets.US_ASCII), false);
      byte[] back = tunnel.receive(nonce.length(), patience());
      progress.echoed = new String(back, StandardCharsets.US_ASCII).equals(nonce);
      progress.how =
          progress.echoed ? "nonce echoed" : "status 200, but the nonce did not come back";
    }
  }

  // A plain mTLS server has no tunnel: acceptance is application data coming back, or the server
  // waiting for more.
  private void echoDirectly(Link tls, Progress progress) throws IOException {
    String half = nonce();
    // Reads the same backwards, for servers that echo like `openssl s_server -rev`.
    String nonce = half + new StringBuilder(half).reverse();
    tls.write((nonce + "\n").getBytes(StandardCharsets.US_ASCII));
    byte[] back = tls.read(patience());
    progress.echoed = new String(back, StandardCharsets.US_ASCII).contains(nonce);
    progress.how = progress.echoed ? "nonce echoed" : "%d bytes came back".formatted(back.length);
  }

  /** Runs a hook of the target's owner; what it printed. */
  public String hook(String name, Map<String, String> environment)
      throws IOException, InterruptedException {
    transcript.add("hook %s %s", name, new java.util.TreeMap<>(environment));
    return target.hooks().run(name, environment);
  }

  public <T extends AutoCloseable> T keep(T resource) {
    opened.add(resource);
    return resource;
  }

  @Override
  public void close() {
    List.copyOf(opened).reversed().forEach(this::closeQuietly);
    opened.clear();
  }

  private void closeQuietly(AutoCloseable each) {
    try {
      each.close();
    } catch (Exception e) {
      transcript.add("close: %s", String.valueOf(e.getMessage()));
    }
  }
}
