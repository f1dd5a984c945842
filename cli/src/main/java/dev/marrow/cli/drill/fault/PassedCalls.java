package dev.marrow.cli.drill.fault;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Passes calls of any method on to another server. Answers to injected responses, known by their
 * nonce, are kept and not passed on. Thread-safe.
 */
public final class PassedCalls implements ServerCallHandler<byte[], byte[]> {
  /** Nonces of what is injected begin so. */
  public static final String NONCE = "drill-";

  private static final String ADS = "DeltaAggregatedResources";

  private final Channel upstream;
  private final Set<ServerCall<byte[], byte[]>> streams = ConcurrentHashMap.newKeySet();
  private final List<DeltaDiscoveryRequest> answers = new CopyOnWriteArrayList<>();

  PassedCalls(Channel upstream) {
    this.upstream = upstream;
  }

  static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.newBuilder(new Bytes(), new Bytes())
        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
        .setFullMethodName(name)
        .build();
  }

  /** Requests whose nonce is one of an injected response. */
  public List<DeltaDiscoveryRequest> answers() {
    return List.copyOf(answers);
  }

  /** Streams of configuration that are open. */
  public int open() {
    return streams.size();
  }

  int inject(byte[] message) {
    for (ServerCall<byte[], byte[]> stream : streams) {
      synchronized (stream) {
        stream.sendMessage(message);
      }
    }
    return streams.size();
  }

  @Override
  public ServerCall.Listener<byte[]> startCall(ServerCall<byte[], byte[]> down, Metadata headers) {
    String name = down.getMethodDescriptor().getFullMethodName();
    ClientCall<byte[], byte[]> up = upstream.newCall(method(name), CallOptions.DEFAULT);
    boolean ads = name.endsWith(ADS);
    up.start(new Downwards(down, up, ads), headers);
    up.request(1);
    down.request(1);
    return new Upwards(up, down, ads);
  }

  private final class Downwards extends ClientCall.Listener<byte[]> {
    private final ServerCall<byte[], byte[]> down;
    private final ClientCall<byte[], byte[]> up;
    private final boolean ads;

    Downwards(ServerCall<byte[], byte[]> down, ClientCall<byte[], byte[]> up, boolean ads) {
      this.down = down;
      this.up = up;
      this.ads = ads;
    }

    @Override
    public void onHeaders(Metadata headers) {
      synchronized (down) {
        down.sendHeaders(headers);
      }
      // Not before: nothing can be sent on a stream without headers.
      if (ads) streams.add(down);
    }

    @Override
    public void onMessage(byte[] message) {
      synchronized (down) {
        down.sendMessage(message);
      }
      up.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      streams.remove(down);
      synchronized (down) {
        down.close(status, trailers);
      }
    }
  }

  private final class Upwards extends ServerCall.Listener<byte[]> {
    private final ClientCall<byte[], byte[]> up;
    private final ServerCall<byte[], byte[]> down;
    private final boolean ads;

    Upwards(ClientCall<byte[], byte[]> up, ServerCall<byte[], byte[]> down, boolean ads) {
      this.up = up;
      this.down = down;
      this.ads = ads;
    }

    @Override
    public void onMessage(byte[] message) {
      if (!ads || !taken(message)) up.sendMessage(message);
      down.request(1);
    }

    private boolean taken(byte[] message) {
      try {
        DeltaDiscoveryRequest request = DeltaDiscoveryRequest.parseFrom(message);
        if (!request.getResponseNonce().startsWith(NONCE)) return false;
        answers.add(request);
        return true;
      } catch (InvalidProtocolBufferException e) {
        return false;
      }
    }

    @Override
    public void onHalfClose() {
      up.halfClose();
    }

    @Override
    public void onCancel() {
      streams.remove(down);
      up.cancel("the client went away", null);
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
