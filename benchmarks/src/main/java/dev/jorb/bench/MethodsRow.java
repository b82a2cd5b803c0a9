package dev.jorb.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// What single methods cost, by JMH, and how the board's lock bears more and more threads.
final class MethodsRow {
  private MethodsRow() {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    List<Figure> figures = new ArrayList<>();
    run("dev.jorb.serial.EncodeBenchmark", 1, scale, figures);
    run("dev.jorb.limit.TokenBucketBenchmark", 1, scale, figures);
    run("dev.jorb.engine.BoardBenchmark", 1, scale, figures);
    for (int threads : new int[] {1, 2, 4, 8}) {
      run("dev.jorb.engine.HandOverBenchmark", threads, scale, figures);
    }
    return figures;
  }

  /// Adds a figure for each method of a benchmark: nanoseconds, by iteration.
  static void run(String benchmark, int threads, Scale scale, List<Figure> figures)
      throws RunnerException {
    TimeValue time = TimeValue.milliseconds(scale.pick(100, 1_000));
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(benchmark.replace(".", "\\."))
                    .threads(threads)
                    .forks(scale.pick(0, 3))
                    .warmupIterations(scale.pick(2, 5))
                    .warmupTime(time)
                    .measurementIterations(scale.pick(3, 5))
                    .measurementTime(time)
                    .verbosity(VerboseMode.SILENT)
                    .shouldFailOnError(true)
                    .build())
            .run();
    if (results.isEmpty()) {
      throw new IllegalStateException("JMH does not know " + benchmark);
    }
    for (RunResult result : results) {
      figures.add(figure(result, threads));
    }
  }

  private static Figure figure(RunResult result, int threads) {
    List<Double> nanos =
        result.getBenchmarkResults().stream()
            .flatMap(fork -> fork.getIterationResults().stream())
            .map(iteration -> iteration.getPrimaryResult().getScore())
            .toList();
    String[] name = result.getParams().getBenchmark().split("\\.");
    String method = String.join(".", Arrays.asList(name).subList(name.length - 2, name.length));
    String parameters =
        result.getParams().getParamsKeys().stream()
            .map(key -> ", " + key + " " + result.getParams().getParam(key))
            .reduce("", String::concat);
    double perSecond = threads * 1e9 / Numbers.median(nanos);
    return new Figure(
        method.replace("Benchmark", "")
            + ": ns, "
            + threads
            + (threads == 1 ? " thread" : " threads")
            + parameters,
        Target.shown(),
        nanos,
        Numbers.text(perSecond) + "/s in all threads");
  }
}
