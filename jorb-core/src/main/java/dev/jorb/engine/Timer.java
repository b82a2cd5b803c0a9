package dev.jorb.engine;

/// A delayed job and when it is due. Those that are due together are in the order of their coming.
record Timer<J>(long dueNanos, long order, Entry<J> entry) implements Comparable<Timer<J>> {
  @Override
  public int compareTo(Timer<J> other) {
    long difference = dueNanos - other.dueNanos;
    return difference != 0 ? Long.signum(difference) : Long.compare(order, other.order);
  }
}
