package dev.marrow.waypoint.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Headers;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalReplyTest {
  @Test
  void wordsForGrpcAreEncodedSinceAFieldHoldsNoLineBreaks() {
    Headers request = new Headers().add("content-type", "application/grpc");

    Headers head = LocalReply.of(403, List.of(), "50% of\r\nMünchen").head(request);

    assertThat(head.first(dev.marrow.http.HeaderName.of("grpc-message")))
        .contains("50%25 of%0D%0AM%C3%BCnchen");
  }
}
