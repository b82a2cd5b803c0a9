package dev.jorb.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test that is given a [Simulation] of its own, once for each of some seeds.
///
/// ```java
/// @SimulatedTest(seeds = 100)
/// void neverTwoAtOnce(Simulation simulation) {
///   Forge forge = new Forge(simulation);
///   simulation.run(workflow, forge, workflow.run("r", campaign).addAll(changes));
///   assertThat(forge.mostAtOnce()).isEqualTo(1);
/// }
/// ```
///
/// The seed is the name of each invocation, and stands with its failure. `-Djorb.seed=17` runs it
/// under that one alone.
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SimulationExtension.class)
public @interface SimulatedTest {
  /// The test runs under the seeds 1 to this one.
  int seeds() default 1;
}
