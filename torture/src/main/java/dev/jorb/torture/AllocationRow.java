package dev.jorb.torture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Lets every place in the journal and the engine run out of memory, at one pass after the other.
/// The run goes on and is right, or stops with nothing lost.
public final class AllocationRow implements Row {
  private static final int[] PASSES = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89};

  /// Runs from an empty disk until all jobs are at their end, however often memory runs out, and
  /// looks whether anything was lost.
  public interface Body {
    void run(long seed) throws Exception;
  }

  private record Shortage(int place, int pass) {}

  @Override
  public String name() {
    return "out-of-memory";
  }

  @Override
  public String what() {
    return "OutOfMemoryError at every place where the journal or the engine allocates";
  }

  @Override
  public Tally run(Plan plan) throws Exception {
    plan.patience(Duration.ofSeconds(20));
    AlteredClasses classes = new AlteredClasses(Allocations::alter);
    Body body = classes.make("dev.jorb.engine.RunUnderPressure", Body.class);
    List<Shortage> shortages = shortages(body, plan);
    int all = shortages.size();
    int turns = (int) plan.pick(all, Math.min(500, all));
    return plan.each(
        turns,
        turn -> {
          Shortage shortage = shortages.get((int) (turn.number() * all / turns));
          Allocations.arm(shortage.place(), shortage.pass());
          try {
            body.run(turn.seed());
          } catch (Finding finding) {
            throw new Finding(finding.kind(), told(shortage) + finding.getMessage(), finding);
          } finally {
            Allocations.reset();
          }
        });
  }

  private static String told(Shortage shortage) {
    return Allocations.name(shortage.place()) + ", pass " + shortage.pass() + ": ";
  }

  /// The places that are passed at all, and the passes of each.
  private static List<Shortage> shortages(Body body, Plan plan) throws Exception {
    body.run(plan.seed()); // Loads the classes.
    Allocations.reset();
    body.run(plan.seed());
    List<Shortage> all = new ArrayList<>();
    for (int place = 0; place < Allocations.count(); place++) {
      for (int pass : PASSES) {
        if (pass <= Allocations.hits(place)) {
          all.add(new Shortage(place, pass));
        }
      }
    }
    return all;
  }
}
