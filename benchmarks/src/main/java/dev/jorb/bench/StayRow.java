package dev.jorb.bench;

import dev.jorb.processor.Processor;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One job that stays in its state for ever: its file must not grow with it, and it must not get
/// slower.
final class StayRow {
  private StayRow() {}

  /// Notes the time at each fifth of the way, and the largest size that the file had. One job runs,
  /// so one step at a time calls it.
  private static final class Watch {
    final int stays;
    final Path file;
    final long[] fifths = new long[6];
    long largestBytes;

    Watch(int stays, Path file) {
      this.stays = stays;
      this.file = file;
    }

    Outcome<Change> step(Change change) throws IOException {
      int passed = change.passed();
      if (passed % (stays / 5) == 0) {
        fifths[passed / (stays / 5)] = System.nanoTime();
      }
      if (passed % (stays / 500) == 0) {
        largestBytes = Math.max(largestBytes, Files.size(file));
      }
      return passed == stays ? Outcome.to("done", change) : Outcome.stay(change.next());
    }

    private double nanos(int fifth) {
      return fifths[fifth + 1] - fifths[fifth];
    }
  }

  static List<Figure> measure(Scale scale, Path directory) throws Exception {
    int stays = scale.pick(1_000, 1_000_000);
    Path file = directory.resolve(JorbEngine.FILE);
    Watch watch = new Watch(stays, file);
    Workflow<Watch, Campaign, Change> workflow =
        Workflow.named("stay", Watch.class, Campaign.class, Change.class)
            .state("loop", s -> s.exec((app, all, change) -> app.step(change)))
            .terminal("done")
            .build();
    Run<Campaign, Change> run = workflow.run("stay", new Campaign("stay")).add(Change.first(0));
    Processor.of(workflow, watch).serializer(JournalSerializer.at(file, workflow)).exec(run);
    new Workload(1, stays, 1)
        .requireAllPassed(run.jobs().stream().filter(j -> j.context().passed() == stays).count());

    double perStayNanos = (watch.fifths[5] - watch.fifths[0]) / (double) stays;
    return List.of(
        new Figure(
            "%,d stays of one job: largest size of the file in MB".formatted(stays),
            Target.atMost(64),
            List.of(watch.largestBytes / (double) (1 << 20)),
            "at the end %s MB; %s µs per stay"
                .formatted(
                    Numbers.text(Files.size(file) / (double) (1 << 20)),
                    Numbers.text(perStayNanos / 1_000))),
        new Figure(
            "%,d stays of one job: time of the last fifth ÷ of the second".formatted(stays),
            Target.atMost(1.2),
            List.of(watch.nanos(4) / watch.nanos(1)),
            "one run; the disk's mood is in it"));
  }
}
