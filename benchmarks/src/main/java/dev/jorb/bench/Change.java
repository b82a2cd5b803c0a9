package dev.jorb.bench;

/// The job context of every contender.
///
/// @param repository one of a thousand, shared by the jobs that are about it
/// @param branch the same for all
/// @param passed how many steps it has passed
record Change(String repository, String branch, int passed) {
  private static final String[] REPOSITORIES = repositories();

  /// The context of the job with this number, before its first step.
  static Change first(int job) {
    return new Change(REPOSITORIES[job % REPOSITORIES.length], "upgrade-guava", 0);
  }

  /// What an empty step makes of it: a new context.
  Change next() {
    return new Change(repository, branch, passed + 1);
  }

  private static String[] repositories() {
    String[] names = new String[1_000];
    for (int i = 0; i < names.length; i++) {
      names[i] = "github.com/example/service-" + i;
    }
    return names;
  }
}
