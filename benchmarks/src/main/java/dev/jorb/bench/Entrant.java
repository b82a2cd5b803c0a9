package dev.jorb.bench;

/// A contender and the work that it is given: a slow one gets fewer jobs, or the rounds never end.
record Entrant(Contender contender, Workload work) {
  String name() {
    return contender.name();
  }
}
