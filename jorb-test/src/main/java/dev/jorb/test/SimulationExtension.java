package dev.jorb.test;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/// Runs tests that are marked with [SimulatedTest], which brings it along.
public final class SimulationExtension implements TestTemplateInvocationContextProvider {
  /// For JUnit.
  public SimulationExtension() {}

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return AnnotationSupport.isAnnotated(context.getTestMethod(), SimulatedTest.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    int seeds =
        AnnotationSupport.findAnnotation(context.getTestMethod(), SimulatedTest.class)
            .orElseThrow()
            .seeds();
    return Seeds.of(seeds).stream().map(Invocation::new);
  }

  /// One seed.
  private record Invocation(long seed) implements TestTemplateInvocationContext {
    @Override
    public String getDisplayName(int index) {
      return "seed " + seed;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new OneSimulation(Simulation.seeded(seed)));
    }
  }

  /// Gives the simulation to the test, and closes it.
  private record OneSimulation(Simulation simulation)
      implements ParameterResolver, TestExecutionExceptionHandler, AfterEachCallback {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType().equals(Simulation.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return simulation;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
        throws Throwable {
      failure.addSuppressed(new Replay(simulation.seed()));
      throw failure;
    }

    @Override
    public void afterEach(ExtensionContext context) {
      simulation.close();
    }
  }

  /// Stands with a failure and says how to have it again.
  private static final class Replay extends Exception {
    private static final long serialVersionUID = 1L;

    Replay(long seed) {
      super("again with " + Seeds.replay(seed), null, false, false);
    }
  }
}
