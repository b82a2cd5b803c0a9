import dev.jorb.processor.Processor;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;

/// One job forks ten thousand, waits for all of them, and puts their results together.
///
/// ```
/// ./jorb run examples/ForkAndJoin.java
/// ```
final class ForkAndJoin {
  static final int PARTS = 10_000;

  /// @param part the number whose square is asked for; 0 for the job that asks
  /// @param result 0 until it is known
  record Square(int part, long result) {}

  // tag::workflow[]
  static final Workflow<Object, String, Square> WORKFLOW =
      Workflow.named("squares", Object.class, String.class, Square.class)
          .state("fork", s -> s.exec(ForkAndJoin::fork).next("join"))
          .state("square", s -> s.exec(ForkAndJoin::square).concurrency(16).next("squared"))
          .state("join", s -> s.execJob(ForkAndJoin::join).next("summed"))
          .terminal("squared")
          .terminal("summed")
          .build();

  static Outcome<Square> fork(Object app, String overall, Square all) {
    Outcome<Square> fork = Outcome.to("join", all);
    for (int part = 1; part <= PARTS; part++) {
      fork = fork.kick("square", new Square(part, 0));
    }
    return fork.awaitKicks();
  }

  static Outcome<Square> square(Object app, String overall, Square square) {
    long part = square.part();
    return Outcome.to("squared", new Square(square.part(), part * part));
  }

  /// Runs when every job that was kicked is at its end.
  static Outcome<Square> join(Object app, String overall, Job<Square> job) {
    long sum = job.kicked().mapToLong(child -> child.context().result()).sum();
    return Outcome.to("summed", new Square(0, sum));
  }

  // end::workflow[]

  public static void main(String[] args) {
    Run<String, Square> run = WORKFLOW.run("squares", "all").add(new Square(0, 0));
    Processor.of(WORKFLOW, new Object()).exec(run);
    Job<Square> parent = run.job("0").orElseThrow();
    System.out.println("jobs: " + run.size());
    System.out.println("children of job 0: " + run.kicked(parent).count());
    System.out.println("the last of them: " + run.kicked(parent).toList().getLast().id());
    System.out.println("sum of their squares: " + parent.context().result());
  }
}
