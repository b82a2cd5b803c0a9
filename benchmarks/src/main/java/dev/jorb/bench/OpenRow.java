package dev.jorb.bench;

import dev.jorb.processor.Processor;
import dev.jorb.processor.RunHandle;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// How long a big run file takes to be opened, beside Jackson reading the same lines into records
/// and forgetting them.
final class OpenRow {
  private static final ObjectReader READER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build()
          .readerFor(RunFileLine.class);

  private OpenRow() {}

  /// What Jackson makes of any line of a run file.
  record RunFileLine(
      String id,
      String state,
      int v,
      String from,
      String took,
      String at,
      Change c,
      long commit,
      int n,
      String crc) {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    int jobs = scale.pick(20_000, 1_000_000);
    Path original = directory.resolve(JorbEngine.FILE);
    JorbEngine.withJournal().run(new Workload(jobs, 2, 16), directory);
    List<Double> ratios = new ArrayList<>();
    List<Double> openSeconds = new ArrayList<>();
    List<Double> parseSeconds = new ArrayList<>();
    for (int round = scale.pick(-2, -1); round < scale.pick(3, 5); round++) {
      Path copy = Files.copy(original, directory.resolve("copy.jorb"));
      double parse = parseNanos(copy) / 1e9;
      double open = openNanos(copy) / 1e9;
      Files.delete(copy);
      if (round >= 0) {
        ratios.add(open / parse);
        openSeconds.add(open);
        parseSeconds.add(parse);
      }
    }
    return List.of(
        new Figure(
            "open a %,d-job journal to the first step ÷ plain Jackson parse".formatted(jobs),
            Target.atMost(1.5),
            ratios,
            "open %s s, parse %s s, %,d MB"
                .formatted(
                    Numbers.text(Numbers.median(openSeconds)),
                    Numbers.text(Numbers.median(parseSeconds)),
                    Files.size(original) >> 20)));
  }

  private static long parseNanos(Path file) throws IOException {
    System.gc();
    long start = System.nanoTime();
    long jobLines = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 20);
        MappingIterator<RunFileLine> lines = READER.readValues(in)) {
      while (lines.hasNext()) {
        jobLines += lines.next().c() == null ? 0 : 1;
      }
    }
    if (jobLines == 0) {
      throw new IllegalStateException("no job in " + file);
    }
    return System.nanoTime() - start;
  }

  private static long openNanos(Path file) throws InterruptedException {
    System.gc();
    CountDownLatch firstStep = new CountDownLatch(1);
    long[] firstStepNanos = new long[1];
    Workflow<Stopwatch, Campaign, Change> workflow = withOneMoreStep(firstStep, firstStepNanos);
    long start = System.nanoTime();
    try (JournalSerializer<Campaign, Change> journal = JournalSerializer.at(file, workflow)) {
      Run<Campaign, Change> run = journal.load().orElseThrow();
      try (RunHandle handle =
          Processor.of(workflow, new Stopwatch()).serializer(journal).start(run)) {
        firstStep.await();
        handle.stop();
      }
    }
    return firstStepNanos[0] - start;
  }

  /// The workflow of the file, but for its end, where a step follows now. So all jobs wait.
  private static Workflow<Stopwatch, Campaign, Change> withOneMoreStep(
      CountDownLatch firstStep, long[] firstStepNanos) {
    return Workflow.named("chain", Stopwatch.class, Campaign.class, Change.class)
        .state("step-1", s -> s.exec((watch, all, change) -> Outcome.to("end", change)))
        .state("step-2", s -> s.exec((watch, all, change) -> Outcome.to("end", change)))
        .state(
            "done",
            s ->
                s.exec((watch, all, change) -> {
                  if (firstStep.getCount() > 0) {
                    firstStepNanos[0] = System.nanoTime();
                    firstStep.countDown();
                  }
                  return Outcome.to("end", change);
                }))
        .terminal("end")
        .build();
  }
}
