package dev.jorb.torture.child;

import dev.jorb.run.Job;
import dev.jorb.workflow.Kick;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// What the jobs of the child do: moves on and back, waits, failures of both kinds, kicks, joins.
///
/// Each step is a pure function of the job's context and version. So whoever knows a job's id and
/// version knows all of it, without having seen it run.
public final class Script {
  /// The state in which jobs begin, and begin again.
  public static final String START = "fetch";

  /// How many steps of each state run at once.
  public static final int CONCURRENCY = 4;

  static final Retry RETRY = new Retry(2, Duration.ofMillis(1), Duration.ofMillis(3));
  private static final List<String> ORDER = List.of(START, "build", "check", "push", "done");
  private static final int MAX_KICKS = 4;
  private static final int MAX_DEPTH = 2;

  private Script() {}

  /// What one step does.
  ///
  /// @param kind whether it fails, and how
  /// @param target where the job goes if it does not fail
  /// @param context what it hands over
  /// @param kicks how many jobs it starts
  /// @param awaits whether the job then waits for all that it kicked
  /// @param delayMillis how long the job then waits
  record Move(Kind kind, String target, Load context, int kicks, boolean awaits, int delayMillis) {
    /// The context of the `n`th job that it starts.
    Load kicked(int n) {
      return Load.of(Load.mix(context.digest() ^ (n + 1)));
    }
  }

  /// Whether a step fails.
  enum Kind {
    WELL,
    THROWS,
    STAYS_WITH_ERROR
  }

  /// What the step does for a job that stands like this.
  static Move move(String id, int version, String state, Load context, int kicks) {
    long bits = Load.mix(context.digest() ^ ((long) version << 32));
    int die = (int) Long.remainderUnsigned(bits, 24);
    Load next = context.after(version);
    String onward = ORDER.get(ORDER.indexOf(state) + 1);
    boolean mayKick = kicks < MAX_KICKS && id.split("->").length <= MAX_DEPTH;
    int delay = 1 + (int) Long.remainderUnsigned(bits >>> 8, 3);
    return switch (die) {
      case 0 -> new Move(Kind.THROWS, state, context, 0, false, 0);
      case 1 -> new Move(Kind.STAYS_WITH_ERROR, state, next, 0, false, 0);
      case 2, 3 -> new Move(Kind.WELL, state, next, 0, false, delay);
      case 4, 5, 6 -> new Move(Kind.WELL, START, next, 0, false, 0);
      case 7, 8 -> new Move(Kind.WELL, onward, next, mayKick ? delay : 0, false, 0);
      case 9 -> {
        boolean joins = mayKick && !onward.equals("done");
        yield new Move(Kind.WELL, onward, next, joins ? 1 : 0, joins, 0);
      }
      default -> new Move(Kind.WELL, onward, next, 0, false, 0);
    };
  }

  /// The workflow; its application context is told of every step that begins.
  public static Workflow<Account, String, Load> workflow() {
    var workflow = Workflow.named("torture", Account.class, String.class, Load.class);
    for (String state : ORDER.subList(0, ORDER.size() - 1)) {
      workflow.state(
          state,
          s ->
              s.concurrency(CONCURRENCY)
                  .retry(RETRY)
                  .onFailure("failed")
                  .execJob((account, overall, job) -> step(account, job)));
    }
    return workflow.terminal("done").terminal("failed").build();
  }

  private static Outcome<Load> step(Account account, Job<Load> job) {
    account.begins(job);
    Move move = move(job.id(), job.version(), job.state(), job.context(), job.kicks());
    LockSupport.parkNanos(Math.floorMod(move.context.digest(), 800_000));
    return switch (move.kind) {
      case THROWS -> throw new IllegalStateException("as the script says");
      case STAYS_WITH_ERROR -> Outcome.stay(move.context).error("as the script says");
      case WELL -> well(move);
    };
  }

  private static Outcome<Load> well(Move move) {
    List<Kick<Load>> kicks = new ArrayList<>();
    for (int n = 0; n < move.kicks; n++) {
      kicks.add(new Kick<>("build", move.kicked(n)));
    }
    Outcome<Load> outcome = Outcome.to(move.target, move.context).kickAll(kicks);
    if (move.delayMillis > 0) {
      return outcome.after(Duration.ofMillis(move.delayMillis));
    }
    return move.awaits ? outcome.awaitKicks() : outcome;
  }
}
