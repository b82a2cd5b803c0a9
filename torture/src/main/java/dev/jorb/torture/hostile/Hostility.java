package dev.jorb.torture.hostile;

import dev.jorb.torture.hostile.Neighbourhood.Street;
import dev.jorb.torture.hostile.Piece.Manners;
import dev.jorb.workflow.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.TimeZone;

/// What a step, a context or a listener can do to its neighbours.
@SuppressWarnings("ImmutableEnumChecker") // Lambdas that capture nothing.
public enum Hostility {
  /// Does what the others do.
  NONE(1, (street, overall, piece) -> Outcome.to("done", piece)),

  THROWS_EXCEPTION(3, (street, overall, piece) -> Deeds.fail(new IOException("no route"))),
  THROWS_ERROR(3, (street, overall, piece) -> Deeds.fail(new LinkageError("made up"))),
  @SuppressWarnings("removal") // Old code may still throw it.
  THROWS_THREAD_DEATH(3, (street, overall, piece) -> Deeds.fail(new ThreadDeath())),
  THROWS_SNEAKILY(3, (street, overall, piece) -> Deeds.fail(new Throwable("neither"))),
  OVERFLOWS_THE_STACK(3, (street, overall, piece) -> Deeds.recurse(piece)),
  ALLOCATES_ONE_TOO_MUCH(3, (street, overall, piece) -> Deeds.allocate(Integer.MAX_VALUE)),
  FILLS_THE_HEAP(1, (street, overall, piece) -> Deeds.fillHeap()),
  FAILS_TO_INITIALISE(3, (street, overall, piece) -> Deeds.fail(new ExceptionInInitializerError())),
  NULL_MESSAGE(3, (street, overall, piece) -> Deeds.fail(new RuntimeException((String) null))),
  HUGE_MESSAGE(2, (street, overall, piece) -> Deeds.fail(new Exception("x".repeat(20_000_000)))),
  CYCLIC_CAUSE(3, (street, overall, piece) -> Deeds.fail(Deeds.cyclic())),
  DEEP_CAUSE(3, (street, overall, piece) -> Deeds.fail(Deeds.deep(50_000))),
  MESSAGE_THROWS(3, (street, overall, piece) -> Deeds.fail(new Deeds.Unspeakable())),

  // What it returns.
  RETURNS_NULL(3, (street, overall, piece) -> Deeds.nothing()),
  NULL_CONTEXT(3, (street, overall, piece) -> Outcome.to("done", Deeds.nothing())),
  UNKNOWN_STATE(3, (street, overall, piece) -> Outcome.to("dnoe", piece)),
  STATE_OF_CONTROL_CHARACTERS(3, (street, overall, piece) -> Outcome.to("\n\u0000\ud800", piece)),
  NEGATIVE_DELAY(3, (street, overall, piece) -> Outcome.stay(piece).after(Duration.ofNanos(-1))),
  DELAY_BEYOND_THE_CALENDAR(
      3, (street, overall, piece) -> Outcome.stay(piece).after(Duration.ofSeconds(Long.MAX_VALUE))),
  DELAY_OF_CENTURIES(
      3, (street, overall, piece) -> Outcome.stay(piece).after(Duration.ofDays(365 * 300))),
  HUNDRED_THOUSAND_KICKS(1, (street, overall, piece) -> Deeds.kick(piece, 100_000)),
  TOO_MANY_KICKS(1, (street, overall, piece) -> Deeds.kick(piece, Outcome.MAX_KICKS + 1)),
  KICKS_WHAT_CANNOT_BE_WRITTEN(
      3,
      (street, overall, piece) ->
          Outcome.to("done", piece).kick("done", new Piece("hostile").number(Double.NaN))),
  HOT_LOOP(
      2,
      (street, overall, piece) -> {
        Piece next = piece.hop();
        return next.hops > 2_000 ? Outcome.to("done", next) : Outcome.stay(next);
      }),
  HUGE_ERROR_EACH_TIME(
      2, (street, overall, piece) -> Outcome.stay(piece).error("e".repeat(5_000_000))),

  // What it hands over.
  THIRTY_MEGABYTES(
      1, (street, overall, piece) -> Outcome.to("done", piece.text("m".repeat(30_000_000)))),
  DEEP_CONTEXT(3, (street, overall, piece) -> Outcome.to("done", piece.deep(2_000))),
  CYCLIC_CONTEXT(
      3,
      (street, overall, piece) -> {
        piece.inner = piece;
        return Outcome.to("done", piece);
      }),
  LONE_SURROGATES(3, (street, overall, piece) -> Outcome.to("done", piece.text("a\ud800b\udfff"))),
  NOT_A_NUMBER(3, (street, overall, piece) -> Outcome.to("done", piece.number(Double.NaN))),
  FORGES_LINES(
      3,
      (street, overall, piece) ->
          Outcome.to(
              "done", piece.text("\"}\n{\"commit\":9,\"n\":1}\n\u0000\u2028\r{\"closed\":1}"))),
  CONTEXT_THROWS(
      3, (street, overall, piece) -> Outcome.to("done", piece.hop().manners(Manners.THROWS))),
  CONTEXT_RECURSES(
      3, (street, overall, piece) -> Outcome.to("done", piece.hop().manners(Manners.RECURSES))),
  CONTEXT_IS_NEVER_WRITTEN(
      3,
      (street, overall, piece) -> Outcome.to("done", piece.hop().manners(Manners.NEVER_RETURNS))),
  SPOILS_ITS_OLD_CONTEXT(
      3,
      (street, overall, piece) -> {
        piece.manners(Manners.THROWS).number(Double.NaN);
        throw new IllegalStateException("spoiled");
      }),
  CHANGES_ITS_CONTEXT_LATER(
      3,
      (street, overall, piece) -> {
        Piece next = piece.hop();
        Thread.ofPlatform().daemon().start(() -> Deeds.growForEver(next.notes));
        return Outcome.to("done", next);
      }),

  // What it does to others.
  NEVER_RETURNS(3, (street, overall, piece) -> Deeds.parkForEver()),
  SPINS(1, (street, overall, piece) -> Deeds.spinForEver()),
  HOLDS_A_MONITOR(
      3,
      (street, overall, piece) -> {
        synchronized (street) {
          return Deeds.parkForEver();
        }
      }),
  HOLDS_THE_RUN(
      1,
      (street, overall, piece) -> {
        synchronized (street.run()) {
          return Deeds.parkForEver();
        }
      }),
  HOLDS_THE_HANDLE(
      1,
      (street, overall, piece) -> {
        synchronized (street.handle()) {
          return Deeds.parkForEver();
        }
      }),
  INTERRUPTS_ITSELF(
      3,
      (street, overall, piece) -> {
        Thread.currentThread().interrupt();
        return Outcome.to("done", piece);
      }),
  PRETENDS_TO_BE_INTERRUPTED(
      3, (street, overall, piece) -> Deeds.fail(new InterruptedException("by myself"))),
  CHANGES_WHAT_IS_SHARED(
      8,
      (street, overall, piece) -> {
        for (int i = 0; i < 10_000; i++) {
          street.shared().add(piece.role);
          overall.notes().add(piece.role);
        }
        street.shared().clear();
        return Outcome.to("done", piece);
      }),
  STARTS_THREADS(3, (street, overall, piece) -> Deeds.startThreads(piece)),
  RENAMES_ITS_THREAD(
      3,
      (street, overall, piece) -> {
        Thread.currentThread().setName("\n");
        Thread.currentThread()
            .setUncaughtExceptionHandler((thread, failure) -> Runtime.getRuntime().halt(9));
        throw new IllegalStateException("by another name");
      }),
  CHANGES_THE_DEFAULTS(
      1,
      (street, overall, piece) -> {
        Locale.setDefault(Locale.forLanguageTag("ar-SA-u-nu-arab"));
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
        return Outcome.to("done", piece);
      }),
  CLOSES_THE_STREAMS(
      1,
      (street, overall, piece) -> {
        System.out.close();
        System.err.close();
        return Outcome.to("done", piece);
      }),
  REENTERS_THE_PROCESSOR(2, Deeds::reenter),
  OPENS_ITS_OWN_FILE(2, Deeds::openAgain),
  ENDS_THE_RUN(
      1,
      (street, overall, piece) -> {
        street.handle().close();
        return Outcome.to("done", piece);
      },
      true),
  EXITS(
      1,
      (street, overall, piece) -> {
        System.exit(7);
        return Outcome.to("done", piece);
      },
      true),
  HALTS(
      1,
      (street, overall, piece) -> {
        Runtime.getRuntime().halt(7);
        return Outcome.to("done", piece);
      },
      true),

  // Listeners.
  LISTENER_THROWS(street -> {
    throw new StackOverflowError();
  }),
  LISTENER_NEVER_RETURNS(street -> Deeds.parkForEver()),
  LISTENER_INTERRUPTS_ITSELF(street -> Thread.currentThread().interrupt()),
  LISTENER_HOLDS_THE_RUN(street -> {
    synchronized (street.run()) {
      Deeds.parkForEver();
    }
  });

  private final int jobs;
  private final Deed deed;
  private final Ear listener;
  private final boolean ends;

  Hostility(int jobs, Deed deed) {
    this(jobs, deed, false);
  }

  Hostility(int jobs, Deed deed, boolean ends) {
    this.jobs = jobs;
    this.deed = deed;
    this.listener = street -> {};
    this.ends = ends;
  }

  Hostility(Ear listener) {
    this.jobs = 1;
    this.deed = (street, overall, piece) -> Outcome.to("done", piece);
    this.listener = listener;
    this.ends = false;
  }

  /// How many hostile jobs there are.
  int jobs() {
    return jobs;
  }

  Deed deed() {
    return deed;
  }

  Ear listener() {
    return listener;
  }

  /// Whether it takes the whole run or the JVM with it. Nothing can keep a step from that; what was
  /// acknowledged stays.
  public boolean endsTheRun() {
    return ends;
  }

  /// What a hostile step does.
  interface Deed {
    Outcome<Piece> act(Neighbourhood street, Street overall, Piece piece) throws Exception;
  }

  /// What a hostile listener does.
  interface Ear {
    void hear(Neighbourhood street);
  }
}
