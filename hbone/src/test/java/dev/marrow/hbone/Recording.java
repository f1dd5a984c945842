package dev.marrow.hbone;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** What a stream brought, for a test's thread: bytes as text, or only counted and hashed. */
public final class Recording implements ByteStream.Listener {
  private final ByteStream stream;
  private final StringBuffer text = new StringBuffer();
  private final MessageDigest digest = sha256();
  private final AtomicLong received = new AtomicLong();
  private final CompletableFuture<String> finished = new CompletableFuture<>();
  private final CompletableFuture<Abort> reset = new CompletableFuture<>();
  private volatile boolean consuming = true;
  private volatile long owed;

  private Recording(ByteStream stream) {
    this.stream = stream;
  }

  /** Listens to {@code stream}; call from any thread. */
  public static Recording of(Loops loops, ByteStream stream) {
    var recording = new Recording(stream);
    loops.run(() -> stream.listen(recording));
    return recording;
  }

  /** Listens, but returns no credit until {@link #resume}. */
  public static Recording stalled(Loops loops, ByteStream stream) {
    var recording = new Recording(stream);
    recording.consuming = false;
    loops.run(() -> stream.listen(recording));
    return recording;
  }

  public void resume(Loops loops) {
    loops.run(() -> {
      consuming = true;
      stream.consumed((int) owed);
      owed = 0;
    });
  }

  /** Writes and flushes text; call from any thread. */
  public void send(Loops loops, String words) {
    loops.run(() -> {
      stream.write(Unpooled.copiedBuffer(words, StandardCharsets.ISO_8859_1));
      stream.flush();
    });
  }

  public ByteStream stream() {
    return stream;
  }

  public String text() {
    return text.toString();
  }

  public long received() {
    return received.get();
  }

  /** The SHA-256 of everything, once the peer has finished. */
  public CompletableFuture<String> finished() {
    return finished;
  }

  public CompletableFuture<Abort> reset() {
    return reset;
  }

  @Override
  public void onBytes(ByteBuf bytes) {
    int count = bytes.readableBytes();
    digest.update(bytes.nioBuffer());
    if (received.addAndGet(count) <= 100_000) {
      text.append(bytes.toString(StandardCharsets.ISO_8859_1));
    }
    bytes.release();
    if (consuming) {
      stream.consumed(count);
    } else {
      owed += count;
    }
  }

  @Override
  public void onFinish() {
    finished.complete(HexFormat.of().formatHex(digest.digest()));
  }

  @Override
  public void onReset(Abort why) {
    reset.complete(why);
  }

  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
