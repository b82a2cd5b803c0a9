package dev.jorb.serial;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Schema;
import dev.jorb.run.Transition;
import dev.jorb.time.TimeSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// A small run for the tests of the run file: its types, its states, its random transitions.
final class Sample {
  static final Path PATH = Path.of("/disk/sample.jorb");
  static final List<String> STATES = List.of("new", "edit", "push", "watch", "merged", "abandoned");
  static final Set<String> TERMINAL = Set.of("merged", "abandoned");

  /// The overall context.
  record Plan(String ticket) {}

  /// A job context.
  record Box(String label, int count, List<String> notes) {
    Box(String label, int count) {
      this(label, count, List.of());
    }
  }

  /// The types and the states.
  record Boxes(List<String> stateNames) implements Schema<Plan, Box> {
    @Override
    public Class<Plan> overallType() {
      return Plan.class;
    }

    @Override
    public Class<Box> contextType() {
      return Box.class;
    }

    @Override
    public Optional<String> workflowName() {
      return Optional.of("sample");
    }

    @Override
    public Set<String> terminalStateNames() {
      return TERMINAL;
    }
  }

  static final Boxes SCHEMA = new Boxes(STATES);

  private Sample() {}

  /// A time that goes on by a millisecond each time it is asked.
  static final class Clock implements TimeSource {
    private static final Instant START = Instant.parse("2026-11-24T10:00:00Z");
    private long millis;

    @Override
    public long nanoTime() {
      return millis++ * 1_000_000;
    }

    @Override
    public Instant instant() {
      return START.plusMillis(millis++);
    }

    void pass(Duration duration) {
      millis += duration.toMillis();
    }
  }

  static JournalSerializer<Plan, Box> journal(Disk disk) {
    return journal(disk, new Clock());
  }

  static JournalSerializer<Plan, Box> journal(Disk disk, TimeSource time) {
    return new JournalSerializer<>(disk, time, PATH, SCHEMA);
  }

  static Run<Plan, Box> freshRun(int jobs) {
    Run<Plan, Box> run = Run.create("sample", new Plan("T-1"), "new");
    for (int i = 0; i < jobs; i++) {
      run.put(Job.create(Integer.toString(i), "new", new Box("job " + i, 0), Clock.START));
    }
    return run;
  }

  /// All that is recorded of a run, as text; equal texts mean equal runs.
  static String picture(Run<?, ?> run) {
    return run.overall() + run.jobs().stream().map(Sample::picture).collect(Collectors.joining());
  }

  static String picture(Job<?> job) {
    return "\n"
        + String.join(
            " ",
            job.id(),
            "v" + job.version(),
            job.state(),
            job.isReadable() ? job.context().toString() : "(unreadable)",
            "parent=" + job.parent().orElse("-"),
            "kicks=" + job.kicks(),
            "attempt=" + job.attempt(),
            "updated=" + job.updated(),
            "due=" + job.due().map(Instant::toString).orElse("-"),
            "parked=" + job.parked().orElse("-"),
            "transitions=" + job.transitions(),
            "of " + job.transitionCount(),
            "errors=" + job.errors(),
            "of " + job.errorCount());
  }

  /// A few transitions of jobs of the run, each of another job.
  static List<Transition<Box>> randomBatch(
      Run<Plan, Box> run, Clock clock, RandomGenerator random, int atMost) {
    List<Job<Box>> jobs = new ArrayList<>(run.jobs());
    List<Transition<Box>> batch = new ArrayList<>();
    for (int i = 1 + random.nextInt(atMost); i > 0 && !jobs.isEmpty(); i--) {
      batch.add(randomTransition(jobs.remove(random.nextInt(jobs.size())), clock, random));
    }
    return batch;
  }

  static Transition<Box> randomTransition(Job<Box> job, Clock clock, RandomGenerator random) {
    Instant now = clock.instant();
    String to = STATES.get(random.nextInt(STATES.size()));
    Duration took = Duration.ofNanos(random.nextLong(3_000_000) * 1_000);
    Box box = new Box("label é \"" + random.nextInt(), job.context().count() + 1, List.of("x"));
    Job.Builder<Box> next = job.next().context(box).updated(now).dueNow().released().attempt(0);
    List<Job<Box>> kicked = new ArrayList<>();
    switch (random.nextInt(6)) {
      case 0 -> next.transition(job.state(), to, now, took).state(to);
      case 1 ->
          next.error(job.state(), now, "no luck: \n" + random.nextInt())
              .attempt(job.attempt() + 1)
              .transition(job.state(), job.state(), now, took)
              .due(now.plusSeconds(30));
      case 2 -> next.parked("it needs a person").error(job.state(), now, "gone");
      case 3, 4 -> {
        next.transition(job.state(), to, now, took).state(to);
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
          kicked.add(
              Job.<Box>builder(job.id() + "->" + (job.kicks() + i), "new")
                  .parent(job.id())
                  .context(new Box("child", i))
                  .updated(now)
                  .build());
        }
        next.kicks(job.kicks() + count);
      }
      default ->
          next.transition(job.state(), to, now, took).state(to).due(now.plus(Duration.ofDays(1)));
    }
    return new Transition<>(next.build(), kicked);
  }

  /// A transition of one job to a state.
  static Transition<Box> move(Job<Box> job, String to, Clock clock) {
    Instant now = clock.instant();
    return new Transition<>(
        job.next()
            .context(new Box(job.context().label(), job.context().count() + 1))
            .updated(now)
            .transition(job.state(), to, now, Duration.ofMillis(5))
            .state(to)
            .build(),
        List.of());
  }

  /// A new job that another one kicked.
  static Job<Box> kicked(Job<Box> parent, int number, String label) {
    return Job.<Box>builder(parent.id() + "->" + number, "new")
        .parent(parent.id())
        .context(new Box(label, 0))
        .updated(parent.updated())
        .build();
  }

  static <O, J> List<Serializer.Encoded<J>> encoded(
      Serializer<O, J> serializer, List<Transition<J>> batch) {
    List<Serializer.Encoded<J>> all = new ArrayList<>();
    for (Transition<J> each : batch) {
      try {
        all.add(serializer.encode(each));
      } catch (EncodeException e) {
        throw new AssertionError(e);
      }
    }
    return all;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
