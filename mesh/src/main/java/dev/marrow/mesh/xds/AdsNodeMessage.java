package dev.marrow.mesh.xds;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.marrow.proto.core.Node;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the node as a message. */
final class AdsNodeMessage {
  private AdsNodeMessage() {}

  static Node of(AdsNode node) {
    return Node.newBuilder().setId(node.id()).setMetadata(struct(node.metadata())).build();
  }

  private static Struct struct(Map<?, ?> map) {
    Struct.Builder struct = Struct.newBuilder();
    map.forEach((key, value) -> struct.putFields(key.toString(), value(value)));
    return struct.build();
  }

  private static Value value(@Nullable Object value) {
    Value.Builder message = Value.newBuilder();
    return switch (value) {
      case null -> message.setNullValue(NullValue.NULL_VALUE).build();
      case Number number -> message.setNumberValue(number.doubleValue()).build();
      case Boolean flag -> message.setBoolValue(flag).build();
      case Map<?, ?> map -> message.setStructValue(struct(map)).build();
      case List<?> list -> message.setListValue(list(list)).build();
      default -> message.setStringValue(value.toString()).build();
    };
  }

  private static ListValue list(List<?> list) {
    ListValue.Builder message = ListValue.newBuilder();
    list.forEach(value -> message.addValues(value(value)));
    return message.build();
  }
}
