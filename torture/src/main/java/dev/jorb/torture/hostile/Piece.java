package dev.jorb.torture.hostile;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The context of a job in a hostile neighbourhood. Mutable and badly behaved where it is told to
/// be.
public final class Piece {
  /// Who the job is: `honest`, or whoever means harm.
  public String role = "honest";

  /// Honest work done so far.
  public int hops;

  /// Anything.
  public @Nullable String text;

  /// A number that JSON may not have.
  public double number;

  /// Contexts within contexts.
  public @Nullable Piece inner;

  /// A list that everybody may change.
  public List<String> notes = new ArrayList<>();

  private transient Manners manners = Manners.GOOD;

  /// How it behaves when it is written, compared or printed.
  enum Manners {
    GOOD,
    THROWS,
    RECURSES,
    NEVER_RETURNS
  }

  /// For the reader of run files.
  public Piece() {}

  Piece(String role) {
    this.role = role;
  }

  Piece hop() {
    Piece next = new Piece(role);
    next.hops = hops + 1;
    return next;
  }

  Piece text(String text) {
    this.text = text;
    return this;
  }

  Piece number(double number) {
    this.number = number;
    return this;
  }

  Piece deep(int depth) {
    Piece all = this;
    for (int i = 0; i < depth; i++) {
      Piece outer = new Piece(role);
      outer.inner = all;
      all = outer;
    }
    return all;
  }

  Piece manners(Manners manners) {
    this.manners = manners;
    return this;
  }

  /// Written with the rest.
  public String getManner() {
    return behave();
  }

  /// Read with the rest.
  public void setManner(String manner) {
    manners = Manners.valueOf(manner);
  }

  private String behave() {
    return switch (manners) {
      case GOOD -> manners.name();
      case THROWS -> throw new IllegalStateException("a context that throws");
      case RECURSES -> behave();
      case NEVER_RETURNS -> {
        while (manners == Manners.NEVER_RETURNS) {
          LockSupport.park();
        }
        yield "";
      }
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    behave();
    return this == other;
  }

  @Override
  public int hashCode() {
    behave();
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    behave();
    return role + " " + hops;
  }
}
