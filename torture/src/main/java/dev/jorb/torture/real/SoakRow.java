package dev.jorb.torture.real;

import dev.jorb.run.Job;
import dev.jorb.serial.RunFile;
import dev.jorb.torture.Finding;
import dev.jorb.torture.Plan;
import dev.jorb.torture.Row;
import dev.jorb.torture.Tally;
import dev.jorb.torture.Turn;
import dev.jorb.torture.child.Soak;
import dev.jorb.torture.child.Soak.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/// Lets jobs go on without an end, and sees that the program comes to need no more of anything:
/// heap after a collection, open files, room on the disk.
public final class SoakRow implements Row {
  /// What the second half of the samples may need beyond the first half: a quarter more, because
  /// the file is compacted at a size that depends on its content, and a little of each.
  private static final double GROWTH = 1.25;

  private static final long HEAP_SLACK = 4 << 20;
  private static final long DESCRIPTOR_SLACK = 4;
  private static final long FILE_SLACK = 1 << 20;

  /// The JVM's own code and caches still grow in the first seconds.
  private static final double WARM_UP = 0.2;

  @Override
  public String name() {
    return "soak";
  }

  @Override
  public String what() {
    return "hot loops and compaction: heap, open files and file size stay flat";
  }

  @Override
  public Tally run(Plan plan) throws Exception {
    Jvm jvm = Jvm.fast(plan.scratch());
    long minutes = plan.pick(30, 1);
    return plan.patience(Duration.ofMinutes(minutes + 10))
        .each(1, turn -> turn(turn, jvm, Duration.ofMinutes(minutes)));
  }

  private static void turn(Turn turn, Jvm jvm, Duration duration)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectory(turn.scratch().resolve("turn-" + turn.number()));
    Path file = folder.resolve("soak.jorb");
    Path said = folder.resolve("said");
    List<String> command =
        jvm.command(Soak.class, file.toString(), Long.toString(duration.toSeconds()));
    Process process = new ProcessBuilder(command).redirectError(said.toFile()).start();
    List<Sample> samples = new ArrayList<>();
    long recorded = -1;
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("end ")) {
          recorded = Long.parseLong(line.substring("end ".length()));
        } else {
          samples.add(Sample.parse(line));
        }
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.toHandle().destroyForcibly();
    }
    if (process.waitFor() != 0 || recorded < 0) {
      throw Finding.lost("the program failed: " + Files.readString(said));
    }
    turn.trials(samples.size());
    long found = RunFile.read(file).run().jobs().stream().mapToLong(Job::transitionCount).sum();
    if (found != recorded) {
      throw Finding.lost("of " + recorded + " transitions the file has " + found);
    }
    requireFlat("heap", samples, Sample::heapBytes, HEAP_SLACK);
    requireFlat("open files", samples, Sample::descriptors, DESCRIPTOR_SLACK);
    requireFlat("file", samples, Sample::fileBytes, FILE_SLACK);
    Scratch.delete(folder);
  }

  private static void requireFlat(
      String what, List<Sample> samples, ToLongFunction<Sample> need, long slack) {
    int from = (int) (samples.size() * WARM_UP);
    int half = (from + samples.size()) / 2;
    long before = samples.subList(from, half).stream().mapToLong(need).max().orElseThrow();
    long after = samples.subList(half, samples.size()).stream().mapToLong(need).max().orElseThrow();
    if (after > before * GROWTH + slack) {
      throw Finding.silentlyWrong(
          "the " + what + " grew from " + before + " to " + after + ": " + samples);
    }
  }
}
