package dev.jorb.bench;

import dev.jorb.processor.Processor;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Workflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Whether ten million jobs fit, and what a job that rests takes: the used heap after garbage
/// collection with the finished run, less that without it, less the contexts.
final class HeapRow {
  private HeapRow() {}

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    Workload work = new Workload(scale.pick(100_000, 10_000_000), 3, 16);
    double contextBytes = Heap.bytesEach(i -> Change.first(i).next());
    Workflow<Stopwatch, Campaign, Change> workflow = JorbEngine.workflow(work);
    long before = Heap.usedBytes();
    Run<Campaign, Change> run = JorbEngine.newRun(workflow, work.jobs());
    double newBytes = bytesPerJob(work, before) - contextBytes;

    Stopwatch watch = new Stopwatch();
    Path file = directory.resolve(JorbEngine.FILE);
    watch.start();
    Processor.of(workflow, watch).serializer(JournalSerializer.at(file, workflow)).exec(run);
    Timing timing = watch.stop(work.transitions());
    double restingBytes = bytesPerJob(work, before) - contextBytes;
    work.requireAllPassed(
        run.jobs().stream().filter(job -> JorbEngine.passedAll(job, work)).count());

    return List.of(
        new Figure(
            "%,d jobs × 3 steps with journal: heap bytes per resting job beyond its context"
                .formatted(work.jobs()),
            Target.atMost(250),
            List.of(restingBytes),
            "completes within -Xmx%d MB in %s s, %s/s; a new job takes %s bytes, a context %s; the file has %,d MB"
                .formatted(
                    Runtime.getRuntime().maxMemory() >> 20,
                    Numbers.text(timing.wholeNanos() / 1e9),
                    Numbers.text(timing.perSecond()),
                    Numbers.text(newBytes),
                    Numbers.text(contextBytes),
                    Files.size(file) >> 20)));
  }

  private static double bytesPerJob(Workload work, long before) {
    return (double) (Heap.usedBytes() - before) / work.jobs();
  }
}
