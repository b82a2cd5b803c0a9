import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jorb.cli.Arguments;
import dev.jorb.cli.Jorb;
import dev.jorb.limit.Rate;
import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.workflow.Exec;
import dev.jorb.workflow.JobExec;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes one change in many git repositories: clone, edit, commit, build, push, ask the CI, merge.
///
/// ```
/// ./jorb run examples/CodeChange.java
/// ./jorb run examples/CodeChange.java --work bump --repos ~/origins --change ./bump.sh --build "mvn -q verify"
/// ```
///
/// Without `--repos` it makes forty small repositories of its own, with a hook for a CI, and
/// removes a deprecated method from them. Some do not compile without it.
///
/// Stop it whenever you like, with Ctrl-C or `kill -9`, and start it again: every step looks first
/// what is done already. The work folder holds the run file `code-change.jorb`, the clones, the
/// reports on changes that failed, and `executions.log` with one line for each start of a step.
///
/// An origin that has refs under `refs/ci/` has a CI: it answers to a commit with the ref
/// `refs/ci/COMMIT/passed` or `refs/ci/COMMIT/failed`, which point to what the build printed.
final class CodeChange {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Rate PUSHES = Rate.perSecond(3);
  private static final int MOST_POLLS = 300;

  /// What all jobs share. Saved with the run: a start with other options goes on with these.
  ///
  /// @param title the commits' message
  /// @param branch where the change is made
  /// @param change the script that makes it, run in the clone; null for the campaign's own
  /// @param build the command that builds the clone; null for javac
  record Campaign(String title, String branch, @Nullable String change, @Nullable String build) {}

  /// What one job knows.
  ///
  /// @param repository a name for it, and for its clone
  /// @param origin its path or address
  /// @param main the branch to merge into
  /// @param hasCi whether a CI builds what is pushed
  /// @param commit the change
  /// @param polls how often the CI was asked for its verdict on the push
  /// @param problem what a report is to say
  record Change(
      String repository,
      String origin,
      @Nullable String main,
      boolean hasCi,
      @Nullable String commit,
      int polls,
      @Nullable String problem) {
    Change(String repository, String origin) {
      this(repository, origin, null, false, null, 0, null);
    }

    Change of(String main, boolean hasCi) {
      return new Change(repository, origin, main, hasCi, commit, polls, problem);
    }

    Change committed(String commit) {
      return new Change(repository, origin, main, hasCi, commit, 0, problem);
    }

    Change polled(int polls) {
      return new Change(repository, origin, main, hasCi, commit, polls, problem);
    }

    Change because(String problem) {
      return new Change(repository, origin, main, hasCi, commit, polls, problem);
    }
  }

  public static void main(String[] args) {
    Arguments arguments = Arguments.of(args);
    String folder = arguments.take("--work", "DIR", "the work folder", "work/code-change");
    String count = arguments.take("--origins", "N", "how many repositories to make", "40");
    Optional<String> repos =
        arguments.take("--repos", "DIR|FILE", "takes those in a folder, or on a list");
    Optional<String> change = arguments.take("--change", "SCRIPT", "makes the change in a clone");
    Optional<String> build = arguments.take("--build", "COMMAND", "builds a clone, for a trial");
    if (!count.matches("[1-9][0-9]{0,3}")) {
      arguments.reject("--origins must be a number from 1 to 9999 but was " + count);
    }
    if (repos.isPresent() && change.isEmpty()) {
      arguments.reject("--repos needs a --change SCRIPT");
    }
    change
        .filter(script -> !Files.isExecutable(Path.of(script)))
        .ifPresent(script -> arguments.reject("--change: " + script + " cannot be executed"));

    Path work = Path.of(folder).toAbsolutePath();
    Jorb.main(
        arguments.defaultFile(Path.of(folder, "code-change.jorb")),
        WORKFLOW,
        () -> Tools.open(work),
        () ->
            run(
                campaign(change, build),
                repos.isPresent()
                    ? listed(Path.of(repos.get()).toAbsolutePath())
                    : Acme.origins(work, Integer.parseInt(count))));
  }

  // tag::workflow[]
  static final Workflow<Tools, Campaign, Change> WORKFLOW =
      Workflow.named("code-change", Tools.class, Campaign.class, Change.class)
          .state("new", s -> s.execJob(logged(CodeChange::look)).concurrency(4))
          .state("clone", s -> s.execJob(logged(CodeChange::clone)).concurrency(4))
          .state("branch", s -> s.execJob(logged(CodeChange::branch)).concurrency(4))
          .state("edit", s -> s.execJob(logged(CodeChange::edit)).concurrency(4))
          .state("add", s -> s.execJob(logged(CodeChange::add)).concurrency(4))
          .state("commit", s -> s.execJob(logged(CodeChange::commit)).concurrency(4))
          .state("build", s -> s.execJob(logged(CodeChange::build)).concurrency(2))
          .state("push", s -> s.execJob(logged(CodeChange::push)).concurrency(2).rate(PUSHES))
          .state("watch", s -> s.execJob(logged(CodeChange::watch)).concurrency(4))
          .state("merge", s -> s.execJob(logged(CodeChange::merge)).concurrency(2))
          .state("report", s -> s.execJob(logged(CodeChange::report)))
          .terminal("merged")
          .terminal("unchanged")
          .terminal("rejected")
          .terminal("reported")
          .build();

  // end::workflow[]

  private static Campaign campaign(Optional<String> change, Optional<String> build) {
    if (change.isEmpty()) {
      String branch = "jorb/remove-is-empty";
      return new Campaign("Remove Text.isEmpty", branch, null, build.orElse(null));
    }
    Path script = Path.of(change.get()).toAbsolutePath();
    String name = script.getFileName().toString().replaceAll("\\..*", "");
    return new Campaign("Run " + name, "jorb/" + name, script.toString(), build.orElse("true"));
  }

  /// The repositories in a folder, or those that a file names, one a line.
  private static List<String> listed(Path repos) throws IOException {
    if (Files.isDirectory(repos)) {
      return Tools.list(repos, "*").stream()
          .filter(CodeChange::isRepository)
          .map(Path::toString)
          .toList();
    }
    List<String> origins = new ArrayList<>();
    for (String line : Files.readAllLines(repos)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        Path path = repos.resolveSibling(line.strip());
        origins.add(Files.exists(path) ? path.toString() : line.strip());
      }
    }
    return origins;
  }

  private static boolean isRepository(Path folder) {
    return Files.exists(folder.resolve(".git")) || Files.exists(folder.resolve("objects"));
  }

  private static Run<Campaign, Change> run(Campaign campaign, List<String> origins) {
    Run<Campaign, Change> run = WORKFLOW.run("code-change", campaign);
    Map<String, Integer> seen = new HashMap<>();
    for (String origin : origins) {
      String name = origin.replaceAll("(/?\\.git)?/*$", "").replaceAll(".*[/:]", "");
      int number = seen.merge(name, 1, Integer::sum);
      run.add(new Change(number == 1 ? name : name + "-" + number, origin));
    }
    return run;
  }

  private static JobExec<Tools, Campaign, Change> logged(Exec<Tools, Campaign, Change> step) {
    return (tools, campaign, job) -> {
      tools.log(job);
      return step.exec(tools, campaign, job.context());
    };
  }

  /// Sees that the origin is there, which branch is its main one, and whether it has a CI.
  static Outcome<Change> look(Tools tools, Campaign campaign, Change change) throws Exception {
    String refs = tools.git("ls-remote", "--symref", change.origin(), "HEAD", "refs/ci/*");
    String main =
        refs.lines()
            .filter(line -> line.startsWith("ref: refs/heads/"))
            .map(line -> line.substring("ref: refs/heads/".length()).split("\t", 2)[0])
            .findFirst()
            .orElseThrow(() -> new IOException(change.origin() + " has no main branch"));
    return Outcome.to("clone", change.of(main, refs.contains("\trefs/ci/")));
  }

  /// Clones beside the place and moves the whole clone there, so that no half one is ever found.
  static Outcome<Change> clone(Tools tools, Campaign campaign, Change change) throws Exception {
    Path clone = tools.clone(change);
    if (!Files.exists(clone)) {
      Path half = tools.temporaryFolder(change.repository());
      tools.git("clone", "--quiet", change.origin(), half.toString());
      Files.move(half, clone, StandardCopyOption.ATOMIC_MOVE);
    }
    return Outcome.to("branch", change);
  }

  /// Makes the branch, or takes the one that is there.
  static Outcome<Change> branch(Tools tools, Campaign campaign, Change change) throws Exception {
    tools.gitIn(
        change, "checkout", "--quiet", "--force", "-B", campaign.branch(), upstream(change));
    return Outcome.to("edit", change);
  }

  /// Makes the change, always from the start: a script may have been killed in the middle.
  static Outcome<Change> edit(Tools tools, Campaign campaign, Change change) throws Exception {
    tools.gitIn(change, "reset", "--quiet", "--hard", upstream(change));
    tools.gitIn(change, "clean", "--quiet", "-ffdx");
    if (campaign.change() == null) {
      Acme.removeIsEmpty(tools.clone(change));
    } else {
      tools.run(tools.clone(change), List.of(campaign.change())).orThrow("the change script");
    }
    return Outcome.to("add", change);
  }

  static Outcome<Change> add(Tools tools, Campaign campaign, Change change) throws Exception {
    tools.gitIn(change, "add", "--all");
    return Outcome.to("commit", change);
  }

  /// Commits, if there is anything to commit: if not, it was done before, or nothing was changed.
  static Outcome<Change> commit(Tools tools, Campaign campaign, Change change) throws Exception {
    if (!tools.gitIn(change, "status", "--porcelain").isEmpty()) {
      tools.gitIn(change, "commit", "--quiet", "--message", campaign.title());
    }
    List<String> commits =
        tools.gitIn(change, "rev-parse", "HEAD", upstream(change)).lines().distinct().toList();
    return Outcome.to(
        commits.size() == 2 ? "build" : "unchanged", change.committed(commits.get(0)));
  }

  /// A trial build, before anybody else is troubled with the change.
  static Outcome<Change> build(Tools tools, Campaign campaign, Change change) throws Exception {
    Ended build =
        campaign.build() == null
            ? Acme.compile(tools.clone(change), tools.classes(change))
            : tools.run(tools.clone(change), List.of("sh", "-c", campaign.build()));
    return build.isGood()
        ? Outcome.to("push", change)
        : rejected(change, "the trial build failed", build.output());
  }

  private static Outcome<Change> rejected(Change change, String cause, String output) {
    String problem = cause + "\n" + output.substring(0, Math.min(output.length(), 4_000));
    return Outcome.to("rejected", change).error(problem).kick("report", change.because(problem));
  }

  /// Pushes the branch; git does nothing if that very commit has arrived already.
  static Outcome<Change> push(Tools tools, Campaign campaign, Change change) throws Exception {
    String ref = "refs/heads/" + campaign.branch();
    tools.gitIn(change, "push", "--quiet", "--force", "origin", change.commit() + ":" + ref);
    return Outcome.to("watch", change.polled(0)).after(change.hasCi() ? POLL : Duration.ZERO);
  }

  // tag::watch[]
  /// Asks the CI for its verdict, and if there is none yet, asks again later. Between two questions
  /// the job holds no thread.
  static Outcome<Change> watch(Tools tools, Campaign campaign, Change change) throws Exception {
    if (!change.hasCi()) {
      return Outcome.to("merge", change);
    }
    String verdict = "refs/ci/" + change.commit() + "/";
    String found = tools.gitIn(change, "ls-remote", "origin", verdict + "*");
    if (found.contains(verdict + "passed")) {
      return Outcome.to("merge", change);
    }
    if (found.contains(verdict + "failed")) {
      tools.gitIn(change, "fetch", "--quiet", "origin", verdict + "failed");
      return rejected(
          change, "the CI's build failed", tools.gitIn(change, "cat-file", "-p", "FETCH_HEAD"));
    }
    if (change.polls() < MOST_POLLS) {
      return Outcome.stay(change.polled(change.polls() + 1)).after(POLL);
    }
    tools.tryGitIn(change, "push", "--quiet", "origin", "--delete", campaign.branch());
    return Outcome.to("push", change).error("the CI gave no verdict; pushed once more");
  }

  // end::watch[]

  /// Merges, unless the origin's main branch has the commit already. The push is refused if that
  /// branch has moved meanwhile, so that no two merges can both arrive.
  static Outcome<Change> merge(Tools tools, Campaign campaign, Change change) throws Exception {
    tools.gitIn(change, "fetch", "--quiet", "origin");
    String commit = String.valueOf(change.commit());
    if (tools.tryGitIn(change, "merge-base", "--is-ancestor", commit, upstream(change)).isGood()) {
      return Outcome.to("merged", change);
    }
    tools.gitIn(change, "checkout", "--quiet", "--force", "--detach", upstream(change));
    String message = "Merge " + campaign.branch();
    Ended merge = tools.tryGitIn(change, "merge", "--quiet", "--no-ff", "-m", message, commit);
    if (merge.exit() == 1) {
      return Outcome.to("branch", change)
          .error("the main branch has moved and conflicts; made again\n" + merge.output());
    }
    merge.orThrow("git merge");
    tools.gitIn(change, "push", "--quiet", "origin", "HEAD:refs/heads/" + change.main());
    return Outcome.to("merged", change);
  }

  private static String upstream(Change change) {
    return "origin/" + change.main();
  }

  /// Files a report on a change that failed.
  static Outcome<Change> report(Tools tools, Campaign campaign, Change change) throws Exception {
    String text =
        "# %s: %s\n\nCommit %s on %s of %s is not merged: %s\n"
            .formatted(
                change.repository(),
                campaign.title(),
                change.commit(),
                campaign.branch(),
                change.origin(),
                change.problem());
    tools.file("reports/" + change.repository() + ".md", text);
    return Outcome.to("reported", change);
  }

  /// A command that has ended.
  record Ended(int exit, String output) {
    boolean isGood() {
      return exit == 0;
    }

    String orThrow(String what) throws IOException {
      if (!isGood()) {
        throw new IOException(what + " ended with exit code " + exit + "\n" + output);
      }
      return output.strip();
    }
  }

  /// The work folder, and the commands that run in it. Per process: nothing of it is saved.
  static final class Tools {
    private static final int LONGEST_COMMAND_MINUTES = 30;
    private static final int LAST_SECONDS = 10;

    /// Set when this program is itself started by a hook of git.
    private static final Set<String> OF_ANOTHER_REPOSITORY =
        Set.of("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX");

    private static final Map<String, String> QUIET =
        Map.of("LC_ALL", "C", "GIT_TERMINAL_PROMPT", "0");

    /// Nobody's settings, such as a path for hooks, apply to repositories that the campaign made.
    /// In those of others the user's do: they may be needed to get in.
    private static final Map<String, String> WITHOUT_SETTINGS =
        Map.of("GIT_CONFIG_GLOBAL", "/dev/null", "GIT_CONFIG_NOSYSTEM", "1");

    private final Path work;
    private final boolean isOwn;

    private Tools(Path work) {
      this.work = work;
      this.isOwn = Files.exists(work.resolve("origins"));
    }

    /// Makes the folders and clears away what an earlier start, killed in the middle, left behind.
    static Tools open(Path work) throws IOException {
      Tools tools = new Tools(work);
      for (String folder : List.of("clones", "classes", "reports", "running", "temporary")) {
        Files.createDirectories(work.resolve(folder));
      }
      tools.endOrphans();
      deleteAll(work.resolve("temporary"));
      Files.createDirectory(work.resolve("temporary"));
      for (Path clone : list(work.resolve("clones"), "*")) {
        for (Path lock : list(clone.resolve(".git"), "*.lock")) {
          Files.delete(lock);
        }
      }
      return tools;
    }

    Path clone(Change change) {
      return work.resolve("clones").resolve(change.repository());
    }

    Path classes(Change change) {
      return work.resolve("classes").resolve(change.repository());
    }

    Path temporaryFolder(String name) throws IOException {
      return Files.createTempDirectory(work.resolve("temporary"), name);
    }

    /// Notes that a step starts, so that it can be counted how often each one did.
    void log(Job<Change> job) throws IOException {
      String line =
          String.join(
              "\t", Instant.now().toString(), job.id(), job.state(), job.context().repository());
      Files.writeString(
          work.resolve("executions.log"),
          line + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }

    /// Writes a file whole or not at all.
    void file(String name, String text) throws IOException {
      Path half = Files.createTempFile(work.resolve("temporary"), "file", null);
      Files.writeString(half, text);
      Files.move(half, work.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    String git(String... arguments) throws IOException, InterruptedException {
      return run(work, git(List.of(arguments))).orThrow("git " + arguments[0]);
    }

    String gitIn(Change change, String... arguments) throws IOException, InterruptedException {
      return tryGitIn(change, arguments).orThrow("git " + arguments[0]);
    }

    Ended tryGitIn(Change change, String... arguments) throws IOException, InterruptedException {
      return run(clone(change), git(List.of(arguments)));
    }

    private static List<String> git(List<String> arguments) {
      List<String> command = new ArrayList<>(List.of("git"));
      for (String setting :
          List.of(
              "user.name=Jorb example",
              "user.email=jorb@example.invalid",
              "commit.gpgsign=false",
              "gc.auto=0")) {
        command.addAll(List.of("-c", setting));
      }
      command.addAll(arguments);
      return command;
    }

    Ended run(Path folder, List<String> command) throws IOException, InterruptedException {
      return run(folder, Path.of("/dev/null"), command);
    }

    /// Runs a command in a folder and blocks until it ends. While it runs, an empty file tells its
    /// process number and start, for [#endOrphans()].
    Ended run(Path folder, Path input, List<String> command)
        throws IOException, InterruptedException {
      Path output = Files.createTempFile(work.resolve("temporary"), "output", null);
      ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
      builder
          .redirectErrorStream(true)
          .redirectOutput(output.toFile())
          .redirectInput(input.toFile());
      builder.environment().keySet().removeAll(OF_ANOTHER_REPOSITORY);
      builder.environment().putAll(QUIET);
      builder.environment().putAll(isOwn ? WITHOUT_SETTINGS : Map.of());
      Process process = builder.start();
      Path mark = work.resolve("running").resolve(process.pid() + "-" + start(process.toHandle()));
      try {
        Files.createFile(mark);
        if (!process.waitFor(LONGEST_COMMAND_MINUTES, TimeUnit.MINUTES)) {
          throw new IOException(command + " took over " + LONGEST_COMMAND_MINUTES + " minutes");
        }
        if (process.exitValue() > 128) {
          throw new IOException(command + " was ended by signal " + (process.exitValue() - 128));
        }
        return new Ended(process.exitValue(), new String(Files.readAllBytes(output), UTF_8));
      } finally {
        end(process.toHandle());
        Files.deleteIfExists(mark);
        Files.deleteIfExists(output);
      }
    }

    /// Waits for commands that outlived the process that started them, and ends them if they last.
    private void endOrphans() throws IOException {
      for (Path mark : list(work.resolve("running"), "*")) {
        String[] pidAndStart = mark.getFileName().toString().split("-", 2);
        ProcessHandle.of(Long.parseLong(pidAndStart[0]))
            .filter(process -> start(process).equals(pidAndStart[1]))
            .ifPresent(Tools::outlast);
        Files.delete(mark);
      }
    }

    private static void outlast(ProcessHandle orphan) {
      orphan.onExit().completeOnTimeout(orphan, LAST_SECONDS, TimeUnit.SECONDS).join();
      end(orphan);
    }

    private static String start(ProcessHandle process) {
      return process.info().startInstant().map(at -> "" + at.toEpochMilli()).orElse("");
    }

    private static void end(ProcessHandle process) {
      if (process.isAlive()) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
      }
    }

    private static List<Path> list(Path folder, String glob) throws IOException {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
        List<Path> all = new ArrayList<>();
        entries.forEach(all::add);
        Collections.sort(all);
        return all;
      }
    }

    private static void deleteAll(Path folder) throws IOException {
      try (Stream<Path> inside = Files.walk(folder)) {
        for (Path each : inside.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  /// The company whose repositories the campaign makes for itself when it is given none.
  ///
  /// Each is a small Java program. Out of ten, the fourth asks `isEmpty` about something that is no
  /// `String`, which shows in the trial build; out of twenty, the sixth has a test that needs the
  /// method, which only the CI builds, and the thirteenth never called it.
  static final class Acme {
    private static final List<String> PRODUCTS =
        List.of("billing", "catalog", "checkout", "pricing", "search", "shipping", "tickets");

    private static final String TEXT =
        """
        package acme;

        public final class Text {
          private Text() {}

          /** @deprecated use String.isBlank */
          @Deprecated
          public static boolean isEmpty(CharSequence text) {
            return text.toString().isBlank();
          }

          public static String title(String text) {
            return Character.toUpperCase(text.charAt(0)) + text.substring(1);
          }
        }
        """;

    private static final String DEPRECATED =
        TEXT.substring(TEXT.indexOf("  /** @deprecated"), TEXT.indexOf("  public static String"));

    private static final String GREETING =
        """
        package acme;

        public final class Greeting {
          public String to(TYPE customer) {
            return TEST ? "NAME" : Text.title(customer.toString());
          }
        }
        """;

    private static final String GREETING_TEST =
        """
        package acme;

        import java.util.function.Predicate;

        public final class GreetingTest {
          private static final Predicate<String> IS_EMPTY = METHOD;

          public static void main(String[] args) {
            String greeting = new Greeting().to(" ");
            if (IS_EMPTY.test(greeting)) {
              throw new AssertionError(greeting);
            }
          }
        }
        """;

    private static final String POST_RECEIVE =
        """
        #!/bin/sh
        # A small CI: builds what arrives on a branch of a campaign, in the background, and keeps the
        # verdict as refs/ci/COMMIT/passed or refs/ci/COMMIT/failed, which point to what javac printed.
        build() {
          folder=$(mktemp -d "$PWD/ci.XXXXXX")
          git archive "$1" | tar -x -C "$folder"
          if (cd "$folder" && find src -name '*.java' | xargs 'JAVAC' -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC \\
              -proc:none -d classes) > "$folder/log" 2>&1
          then verdict=passed
          else verdict=failed
          fi
          printed=$(git hash-object -w "$folder/log")
          rm -rf "$folder"
          git update-ref "refs/ci/$1/$verdict" "$printed"
        }
        exec > /dev/null 2>&1 # or the push would wait for the build
        while read -r before commit ref; do
          case $ref in
            refs/heads/jorb/*) build "$commit" < /dev/null & ;;
          esac
        done
        """;

    /// Makes what is missing of `count` origins, and lists them.
    static List<String> origins(Path work, int count) throws IOException, InterruptedException {
      Path folder = Files.createDirectories(work.resolve("origins"));
      Tools tools = Tools.open(work);
      List<String> origins = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String name = "%s-%02d".formatted(PRODUCTS.get(i % PRODUCTS.size()), i);
        Path origin = folder.resolve(name + ".git");
        if (!Files.exists(origin)) {
          Files.move(make(tools, i, name), origin, StandardCopyOption.ATOMIC_MOVE);
        }
        origins.add(origin.toString());
      }
      return origins;
    }

    private static Path make(Tools tools, int i, String name)
        throws IOException, InterruptedException {
      Path made = tools.temporaryFolder(name);
      tools.git(
          "init", "--quiet", "--bare", "--template=", "--initial-branch=main", made.toString());
      Path history = made.resolve("first");
      Files.writeString(history, history(i, name));
      tools.run(made, history, List.of("git", "fast-import", "--quiet")).orThrow("git fast-import");
      Files.delete(history);
      Path hook = Files.createDirectory(made.resolve("hooks")).resolve("post-receive");
      Files.writeString(hook, POST_RECEIVE.replace("JAVAC", javac().toString()));
      Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
      return made;
    }

    private static Path javac() {
      return Path.of(System.getProperty("java.home"), "bin", "javac");
    }

    /// The origin's first commit, as `git fast-import` reads it, and the CI's mark on it.
    private static String history(int i, String name) {
      boolean isUsed = i % 20 != 12;
      boolean isString = i % 10 != 3;
      boolean isTested = i % 20 == 5;
      String type = isString ? "String" : "CharSequence";
      String test = isUsed ? "Text.isEmpty(customer)" : "customer.isBlank()";
      String predicate = isTested ? "Text::isEmpty" : "String::isBlank";
      return "commit refs/heads/main\ncommitter Acme <acme@example.invalid> 1700000000 +0000\n"
          + data("Start " + name)
          + file("src/main/java/acme/Text.java", isUsed ? TEXT : TEXT.replace(DEPRECATED, ""))
          + file(
              "src/main/java/acme/Greeting.java",
              GREETING.replace("TYPE", type).replace("TEST", test).replace("NAME", name))
          + file("src/test/java/acme/GreetingTest.java", GREETING_TEST.replace("METHOD", predicate))
          + "reset refs/ci/main/passed\nfrom refs/heads/main\n";
    }

    private static String file(String path, String text) {
      return "M 100644 inline " + path + "\n" + data(text);
    }

    private static String data(String text) {
      return "data " + text.getBytes(UTF_8).length + "\n" + text + "\n";
    }

    /// The campaign's change: `Text.isEmpty(x)` becomes `x.isBlank()`, and the method goes.
    static void removeIsEmpty(Path clone) throws IOException {
      for (Path file : sources(clone, "src")) {
        String text = Files.readString(file);
        String changed =
            text.replaceAll("Text\\.isEmpty\\((\\w+)\\)", "$1.isBlank()").replace(DEPRECATED, "");
        if (!changed.equals(text)) {
          Files.writeString(file, changed);
        }
      }
    }

    /// Compiles the clone's program, without its tests.
    static Ended compile(Path clone, Path classes) throws IOException {
      List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", classes.toString()));
      sources(clone, "src/main").forEach(file -> arguments.add(file.toString()));
      StringWriter printed = new StringWriter();
      PrintWriter printer = new PrintWriter(printed);
      ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
      int exit = javac.run(printer, printer, arguments.toArray(String[]::new));
      return new Ended(exit, printed.toString());
    }

    private static List<Path> sources(Path clone, String folder) throws IOException {
      try (Stream<Path> files = Files.walk(clone.resolve(folder))) {
        return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
      }
    }
  }
}
