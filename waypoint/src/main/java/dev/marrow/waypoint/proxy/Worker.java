package dev.marrow.waypoint.proxy;

import dev.marrow.http.ByteBudget;
import dev.marrow.waypoint.filter.Buckets;
import dev.marrow.waypoint.filter.Tokens;
import dev.marrow.waypoint.report.Reports;
import dev.marrow.waypoint.route.Rule;
import dev.marrow.waypoint.upstream.Balancing;
import dev.marrow.waypoint.upstream.Circuit;
import dev.marrow.waypoint.upstream.Circuits;
import dev.marrow.waypoint.upstream.Home;
import dev.marrow.waypoint.upstream.Scope;
import dev.marrow.waypoint.upstream.UpstreamPool;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the exchanges of one event loop share. Confined to that loop, but for {@link #drain}. */
public final class Worker {
  /** Each holds a quarter of a mebibyte. */
  private static final int MOST_COMPRESSING = 128;

  private static final int MOST_ROUTE_NAMES = 20_000;

  private final Home home;
  private final Sites sites;
  private final Upstreams upstreams;
  private final Rules rules;
  private final Reports reports;
  private final Set<Conversation> conversations = new HashSet<>();
  private final Map<Rule, String> routeNames = new IdentityHashMap<>();
  private final Running running;
  private volatile int connected;
  private int relays;
  private int compressing;
  private boolean draining;

  /** Connections to endpoints, and the choice among them. */
  public record Upstreams(
      UpstreamPool pool, Balancing balancing, Circuits circuits, RandomGenerator random) {}

  /** What filters keep between requests; shared by all loops. */
  public record Rules(Buckets buckets, Tokens tokens, RetryBudget retries, Options options) {}

  public Worker(Home home, Sites sites, Upstreams upstreams, Rules rules, Reports reports) {
    this.home = home;
    this.sites = sites;
    this.upstreams = upstreams;
    this.rules = rules;
    this.reports = reports;
    this.running = new Running(this, rules.options().streamIdle());
  }

  public EventLoop loop() {
    return home.loop();
  }

  /** What connections of this loop may hold in memory. */
  ByteBudget budget() {
    return home.budget();
  }

  Sites sites() {
    return sites;
  }

  UpstreamPool pool() {
    return upstreams.pool();
  }

  Balancing balancing() {
    return upstreams.balancing();
  }

  Circuit circuit(@Nullable Scope scope) {
    return upstreams.circuits().of(scope);
  }

  RandomGenerator random() {
    return upstreams.random();
  }

  Buckets buckets() {
    return rules.buckets();
  }

  Tokens tokens() {
    return rules.tokens();
  }

  RetryBudget retries() {
    return rules.retries();
  }

  Options options() {
    return rules.options();
  }

  Reports reports() {
    return reports;
  }

  /** A rule's name in reports; put together once. */
  String routeName(Rule rule) {
    String known = routeNames.get(rule);
    if (known != null) {
      return known;
    }
    if (routeNames.size() >= MOST_ROUTE_NAMES) {
      // Configurations have come and gone.
      routeNames.clear();
    }
    String name = rule.name().isEmpty() ? rule.route() : rule.route() + "/" + rule.name();
    routeNames.put(rule, name);
    return name;
  }

  Running running() {
    return running;
  }

  boolean draining() {
    return draining;
  }

  void opened(Conversation conversation) {
    conversations.add(conversation);
    connected = conversations.size() + relays;
  }

  void closed(Conversation conversation) {
    conversations.remove(conversation);
    connected = conversations.size() + relays;
  }

  /** A connection without HTTP begins, or with -1 has ended. */
  void relayed(int more) {
    relays += more;
    connected = conversations.size() + relays;
  }

  /** One more body is compressed, unless there are too many; or with -1, one less. */
  boolean compressing(int more) {
    if (compressing + more > MOST_COMPRESSING) {
      reports.onMalformed("compression_overflow");
      return false;
    }
    compressing += more;
    return true;
  }

  /** Asks every client to go elsewhere: GOAWAY, {@code connection: close}. */
  public void drain() {
    home.loop()
        .execute(() -> {
          draining = true;
          List.copyOf(conversations).forEach(Conversation::drain);
        });
  }

  /** Whether requests may be under way. Thread-safe, and a moment late. */
  public boolean busy() {
    return connected > 0;
  }
}
