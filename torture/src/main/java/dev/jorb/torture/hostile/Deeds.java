package dev.jorb.torture.hostile;

import dev.jorb.processor.Processor;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.torture.hostile.Neighbourhood.Street;
import dev.jorb.workflow.Kick;
import dev.jorb.workflow.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// The longer ones of the hostile deeds.
final class Deeds {
  private Deeds() {}

  /// Throws anything, declared or not.
  @SuppressWarnings("unchecked")
  static <T extends Throwable> Outcome<Piece> fail(Throwable failure) throws T {
    throw (T) failure;
  }

  /// What the compiler would not let a step return.
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  static <T> T nothing() {
    return null;
  }

  @SuppressWarnings("InfiniteRecursion")
  static Outcome<Piece> recurse(Piece piece) {
    return recurse(piece).after(Duration.ZERO);
  }

  static Outcome<Piece> allocate(int bytes) {
    return Outcome.to("done", new Piece("hostile").text("" + new byte[bytes].length));
  }

  static Outcome<Piece> fillHeap() {
    List<byte[]> all = new ArrayList<>();
    while (!all.contains(new byte[0])) { // Which it never does.
      all.add(new byte[8 << 20]);
    }
    return nothing();
  }

  static Throwable cyclic() {
    Exception one = new Exception("one");
    Exception other = new Exception("other", one);
    one.initCause(other);
    one.addSuppressed(other);
    return one;
  }

  static Throwable deep(int depth) {
    Throwable all = new Exception("at the bottom");
    for (int i = 0; i < depth; i++) {
      all = new Exception("deeper", all, false, false) {};
    }
    return all;
  }

  static Outcome<Piece> kick(Piece piece, int count) {
    return Outcome.to("done", piece)
        .kickAll(Collections.nCopies(count, new Kick<>("done", new Piece("kicked"))));
  }

  static Outcome<Piece> parkForEver() {
    while (true) {
      LockSupport.park();
      var ignored = Thread.interrupted(); // Else it would not park again.
    }
  }

  static Outcome<Piece> spinForEver() {
    while (true) {
      Thread.onSpinWait();
    }
  }

  static void growForEver(List<String> notes) {
    for (int i = 0; i < 1_000_000; i++) {
      notes.add("more");
      notes.clear();
    }
  }

  static Outcome<Piece> startThreads(Piece piece) {
    for (int i = 0; i < 200; i++) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            throw new IllegalStateException("in a thread of my own");
          });
    }
    return Outcome.to("done", piece);
  }

  static Outcome<Piece> reenter(Neighbourhood street, Street overall, Piece piece) {
    var workflow = Neighbourhood.workflow();
    Run<Street, Piece> within = workflow.run("within", overall).add(new Piece());
    Processor.of(workflow, street).exec(within);
    return Outcome.to("done", piece);
  }

  /// Refused, and that by an exception that fails this step only.
  static Outcome<Piece> openAgain(Neighbourhood street, Street overall, Piece piece) {
    var workflow = Neighbourhood.workflow();
    try (var journal = JournalSerializer.at(street.file(), workflow)) {
      Run<Street, Piece> same = journal.load().orElseThrow();
      Processor.of(workflow, street).serializer(journal).exec(same);
    }
    return Outcome.to("done", piece);
  }

  /// A failure that cannot be described.
  static final class Unspeakable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw this;
    }

    @Override
    public StackTraceElement[] getStackTrace() {
      throw this;
    }

    @Override
    public synchronized Throwable getCause() {
      throw this;
    }

    @Override
    public String toString() {
      throw this;
    }
  }
}
