package dev.marrow.identity.tls;

import dev.marrow.identity.PeerRole;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.WorkloadCertificate;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The TLS context of each own identity and role, for its newest certificate only; least recently
 * used first out. Thread-safe: one lock, held while a handler is made from the context, so that
 * nobody takes a context away between the two. Engines keep their context alive by themselves.
 */
final class ContextCache {
  private final Map<Key, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);
  private final int max;
  private final BiFunction<WorkloadCertificate, PeerRole, SslContext> build;

  private record Key(SpiffeId own, PeerRole peer) {}

  private record Slot(WorkloadCertificate generation, SslContext context) {}

  ContextCache(int max, BiFunction<WorkloadCertificate, PeerRole, SslContext> build) {
    this.max = max;
    this.build = build;
  }

  @SuppressWarnings("ReferenceEquality") // Two certificates are never the same generation.
  <T> T use(WorkloadCertificate own, PeerRole peer, Function<SslContext, T> use) {
    Key key = new Key(own.id(), peer);
    synchronized (slots) {
      Slot slot = slots.get(key);
      if (slot == null || slot.generation() != own) {
        slot = new Slot(own, build.apply(own, peer));
        drop(slots.put(key, slot));
        shrink();
      }
      return use.apply(slot.context());
    }
  }

  void clear() {
    synchronized (slots) {
      slots.values().forEach(ContextCache::drop);
      slots.clear();
    }
  }

  private void shrink() {
    if (slots.size() > max) {
      Iterator<Slot> eldestFirst = slots.values().iterator();
      drop(eldestFirst.next());
      eldestFirst.remove();
    }
  }

  private static void drop(@Nullable Slot slot) {
    if (slot != null) {
      ReferenceCountUtil.release(slot.context());
    }
  }
}
