package dev.marrow.conformance.junit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Turns a test method with one parameter of type {@link CaseRun} into one test for each case:
 *
 * <pre>{@code
 * @HbonePeer("proxy")
 * void conforms(CaseRun run) {
 *   run.check();
 * }
 *
 * static PeerUnderTest proxy() { … }
 * }</pre>
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(HbonePeerExtension.class)
public @interface HbonePeer {
  /** The static method without parameters that returns the {@link PeerUnderTest}. */
  String value();

  /** Only these cases or groups; empty for all. */
  String[] only() default {};

  /** Whether to flood the endpoint as well. */
  boolean floods() default false;
}
