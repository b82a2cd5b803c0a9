package dev.jorb.torture.child;

import dev.jorb.torture.child.Script.Move;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Says how a job of the child stands at a version, by playing its script without engine or file.
/// Not thread-safe.
public final class Oracle {
  private static final int MAX_VERSIONS = 1_000_000;

  private final long seed;
  private final Map<String, List<Stand>> lives = new HashMap<>();

  /// An oracle for a run whose contexts come from `seed`.
  public Oracle(long seed) {
    this.seed = seed;
  }

  /// How a job stands.
  ///
  /// @param state its state
  /// @param context its context
  /// @param kicks jobs kicked in its life
  /// @param attempt failed attempts in a row
  /// @param awaitsKicks whether it waits for them
  /// @param transitions made in its life
  /// @param errors logged in its life
  public record Stand(
      String state,
      Load context,
      int kicks,
      int attempt,
      boolean awaitsKicks,
      int transitions,
      int errors) {
    static Stand fresh(String state, Load context) {
      return new Stand(state, context, 0, 0, false, 0, 0);
    }

    boolean isTerminal() {
      return state.equals("done") || state.equals("failed");
    }

    private Stand after(String id, int version) {
      if (isTerminal()) { // Only a redrive leads on from here.
        return new Stand(Script.START, context, kicks, 0, false, transitions, errors);
      }
      Move move = Script.move(id, version, state, context, kicks);
      return switch (move.kind()) {
        case WELL ->
            new Stand(
                move.target(),
                move.context(),
                kicks + move.kicks(),
                0,
                move.awaits(),
                transitions + 1,
                errors);
        case THROWS, STAYS_WITH_ERROR -> {
          boolean again = Script.RETRY.allows(attempt + 1);
          yield new Stand(
              again ? state : "failed",
              move.context(),
              kicks,
              again ? attempt + 1 : 0,
              false,
              transitions + 1,
              errors + 1);
        }
      };
    }
  }

  /// The context with which the `n`th job of the run begins.
  public static Load first(long seed, int n) {
    return Load.of(Load.mix(seed ^ ((long) n << 40)));
  }

  /// How the job stands at a version, from 1.
  public Stand stand(String id, int version) {
    List<Stand> life = lives.get(id);
    if (life == null) {
      life = new ArrayList<>(List.of(born(id)));
      lives.put(id, life);
    }
    while (life.size() < version) {
      life.add(life.getLast().after(id, life.size()));
    }
    return life.get(version - 1);
  }

  private Stand born(String id) {
    int arrow = id.lastIndexOf("->");
    if (arrow < 0) {
      return Stand.fresh(Script.START, first(seed, Integer.parseInt(id)));
    }
    String parent = id.substring(0, arrow);
    int number = Integer.parseInt(id.substring(arrow + 2));
    for (int version = 1; version < MAX_VERSIONS; version++) {
      Stand before = stand(parent, version);
      if (stand(parent, version + 1).kicks() > number) {
        Move move = Script.move(parent, version, before.state(), before.context(), before.kicks());
        return Stand.fresh("build", move.kicked(number - before.kicks()));
      }
    }
    throw new IllegalStateException("job " + parent + " never kicks job " + id);
  }
}
