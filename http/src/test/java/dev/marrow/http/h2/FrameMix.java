package dev.marrow.http.h2;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.hpack.HpackEncoder;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** Seeded sequences of well-formed frames, SETTINGS first. */
final class FrameMix {
  private final Random random;
  private final HpackEncoder encoder = new HpackEncoder();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private FrameMix(Random random) {
    this.random = random;
  }

  static byte[] valid(Random random, int frames) {
    var mix = new FrameMix(random);
    mix.put(FrameType.SETTINGS, 0, 0, RawPeer.intBytes(0x0003_0000), new byte[] {0, 100});
    for (int i = 0; i < frames; i++) {
      // Opened in order; what follows may hit open, closed and idle streams.
      mix.one(2 * i + 1);
    }
    return mix.out.toByteArray();
  }

  private void one(int id) {
    int some = 1 + 2 * random.nextInt(Math.max(id / 2, 1));
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> headers(id);
      case 3, 4 -> data(some);
      case 5 -> put(FrameType.PING, 0, 0, bytes(8));
      case 6 -> put(FrameType.WINDOW_UPDATE, 0, random.nextBoolean() ? 0 : some, increment());
      case 7 -> put(FrameType.RST_STREAM, 0, some, RawPeer.intBytes(random.nextInt(14)));
      case 8 -> put(FrameType.PRIORITY, 0, some, RawPeer.intBytes(some + 2), bytes(1));
      default -> put(0xf0, random.nextInt(256), some, bytes(random.nextInt(30)));
    }
  }

  private byte[] increment() {
    return RawPeer.intBytes(1 + random.nextInt(1000));
  }

  private void data(int id) {
    byte[] payload = bytes(random.nextInt(3) == 0 ? 0 : random.nextInt(4000));
    int end = random.nextInt(5) == 0 ? FrameType.END_STREAM : 0;
    if (random.nextInt(3) == 0) {
      byte pad = (byte) random.nextInt(40);
      put(FrameType.DATA, end | FrameType.PADDED, id, new byte[] {pad}, payload, new byte[pad]);
    } else {
      put(FrameType.DATA, end, id, payload);
    }
  }

  private void headers(int id) {
    var list =
        new Headers()
            .add(HeaderName.METHOD, "POST")
            .add(HeaderName.SCHEME, "https")
            .add(HeaderName.PATH, "/" + random.nextInt(50))
            .add("x-" + random.nextInt(5), "v".repeat(random.nextInt(80)));
    int length = encoder.encode(list);
    byte[] block = Arrays.copyOf(encoder.array(), length);
    int end = random.nextInt(3) == 0 ? FrameType.END_STREAM : 0;
    int cut = random.nextInt(4) == 0 ? random.nextInt(length) : length;
    int endHeaders = cut == length ? FrameType.END_HEADERS : 0;
    byte[] first = Arrays.copyOf(block, cut);
    switch (random.nextInt(3)) {
      case 0 -> {
        byte pad = (byte) random.nextInt(20);
        int flags = end | endHeaders | FrameType.PADDED;
        put(FrameType.HEADERS, flags, id, new byte[] {pad}, first, new byte[pad]);
      }
      case 1 -> {
        int flags = end | endHeaders | FrameType.WITH_PRIORITY;
        put(FrameType.HEADERS, flags, id, RawPeer.intBytes(0), bytes(1), first);
      }
      default -> put(FrameType.HEADERS, end | endHeaders, id, first);
    }
    if (cut < length) {
      byte[] rest = Arrays.copyOfRange(block, cut, length);
      put(FrameType.CONTINUATION, FrameType.END_HEADERS, id, rest);
    }
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private void put(int type, int flags, int id, byte[]... parts) {
    var payload = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      payload.writeBytes(part);
    }
    out.writeBytes(RawPeer.bytes(type, flags, id, payload.toByteArray()));
  }
}
