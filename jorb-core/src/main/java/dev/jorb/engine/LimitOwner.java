package dev.jorb.engine;

import dev.jorb.limit.SharedLimits;

/// The board that asks, for all of its turnstiles.
final class LimitOwner {
  final SharedLimits limits;
  final RememberedLimits remembered;
  final Runnable otherRunChanged;
  boolean isAsking;

  /// @param limits the limits at work, which other runs may share
  /// @param remembered what is known of them from before this start
  /// @param otherRunChanged is called when another run has brought a permit nearer: then time has
  ///   to pass here. The lock of the limits is held, so it may not block
  LimitOwner(SharedLimits limits, RememberedLimits remembered, Runnable otherRunChanged) {
    this.limits = limits;
    this.remembered = remembered;
    this.otherRunChanged = otherRunChanged;
  }

  /// One that shares nothing and remembers nothing.
  static LimitOwner alone() {
    return new LimitOwner(new SharedLimits(), RememberedLimits.NONE, () -> {});
  }

  /// Whether a state without limits of its own has been closed by a service.
  boolean remembers(String state) {
    return remembered.knows(Turnstile.unlimited(state));
  }
}
