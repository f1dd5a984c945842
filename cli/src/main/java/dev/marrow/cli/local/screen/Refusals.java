package dev.marrow.cli.local.screen;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads on in the proxies' logs and keeps the last connections and requests that were refused.
 * Confined to one thread.
 */
public final class Refusals {
  private static final int KEPT = 5;
  private static final int MAX_READ_BYTES = 1 << 20;
  private static final Pattern FIELD =
      Pattern.compile("([a-z_.]+)=(\"(?:[^\"\\\\]|\\\\.)*\"|[^ \\t]+)");

  private final Map<Path, Long> positions = new HashMap<>();
  private final Deque<Refusal> last = new ArrayDeque<>();

  /** What was refused, when last, and how often since it is shown. */
  private record Refusal(String time, String text, int count) {
    @Override
    public String toString() {
      return "%s  %s%s".formatted(time, text, count == 1 ? "" : " (" + count + " times)").strip();
    }
  }

  /** Reads what was added since the last call. */
  public void read(List<Path> logs) throws IOException {
    for (Path log : logs) {
      try (SeekableByteChannel channel = Files.newByteChannel(log)) {
        long size = channel.size();
        long from = Math.min(positions.getOrDefault(log, Math.max(0, size - MAX_READ_BYTES)), size);
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(MAX_READ_BYTES, size - from));
        channel.position(from).read(bytes);
        positions.put(log, from + bytes.position());
        new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8)
            .lines()
            .forEach(this::line);
      } catch (NoSuchFileException e) {
        // It has not written anything yet.
      }
    }
  }

  void line(String line) {
    Map<String, String> fields = new HashMap<>();
    Matcher matcher = FIELD.matcher(line);
    while (matcher.find()) fields.put(matcher.group(1), matcher.group(2).replaceAll("^\"|\"$", ""));
    String error = fields.getOrDefault("error", "");
    if (error.isEmpty()) return;
    String source = fields.getOrDefault("src.workload", fields.getOrDefault("src.addr", "?"));
    String destination =
        fields.getOrDefault(
            "dst.workload",
            fields.getOrDefault("dst.service", fields.getOrDefault("dst.addr", "?")));
    String time = line.length() > 19 && line.charAt(10) == 'T' ? line.substring(11, 19) : "";
    String text = "%s -> %s: %s".formatted(source, destination, error);
    int before = last.stream().filter(it -> it.text().equals(text)).mapToInt(Refusal::count).sum();
    last.removeIf(it -> it.text().equals(text));
    last.addFirst(new Refusal(time, text, before + 1));
    if (last.size() > KEPT) last.removeLast();
  }

  public List<String> last() {
    return last.stream().map(Refusal::toString).toList();
  }
}
