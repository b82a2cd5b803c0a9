import static java.util.Comparator.comparingInt;

import dev.jorb.cli.Arguments;
import dev.jorb.cli.Jorb;
import dev.jorb.run.Job;
import dev.jorb.workflow.Kick;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// Looks at every jar in a folder: its hash, its manifest, the versions of its classes; and at the
/// end, which jars have the same classes.
///
/// ```
/// ./jorb run examples/JarAudit.java
/// ./jorb run examples/JarAudit.java --jars lib --work audit
/// ```
///
/// One job for the folder kicks a job for each jar, and waits until all of them have left their
/// list of classes. A jar that cannot be read ends as `broken`. What was found out about a jar is
/// in its job: `./jorb jobs RUNFILE`, `./jorb show RUNFILE JOB`. The work folder holds the run file
/// `jar-audit.jorb`, the lists of classes and `same-classes.txt`.
final class JarAudit {
  private static final Duration POLL = Duration.ofMillis(250);
  private static final int CLASS_MAGIC = 0xCAFEBABE;
  private static final int BEFORE_JAVA_1 = 44;

  /// What all jobs share.
  ///
  /// @param folder where the jars are
  record Audit(String folder) {}

  /// What one job knows, about a jar or about the folder.
  ///
  /// @param path the jar, or the folder
  /// @param sha256 the jar's hash
  /// @param manifest the jar's main attributes
  /// @param classes how many classes the jar has for each version of Java
  /// @param jars how many jars the folder has
  /// @param shared how many classes are in several of them
  record Jar(
      String path,
      @Nullable String sha256,
      Map<String, String> manifest,
      Map<Integer, Integer> classes,
      int jars,
      int shared) {
    static Jar at(Path path) {
      return new Jar(path.toString(), null, Map.of(), Map.of(), 0, 0);
    }

    Jar hashed(String sha256) {
      return new Jar(path, sha256, manifest, classes, jars, shared);
    }

    Jar described(Map<String, String> manifest) {
      return new Jar(path, sha256, manifest, classes, jars, shared);
    }

    Jar counted(Map<Integer, Integer> classes) {
      return new Jar(path, sha256, manifest, classes, jars, shared);
    }

    Jar kicked(int jars) {
      return new Jar(path, sha256, manifest, classes, jars, shared);
    }

    Jar compared(int shared) {
      return new Jar(path, sha256, manifest, classes, jars, shared);
    }
  }

  /// The work folder. Per process: nothing of it is saved.
  record Desk(Path work) {
    static Desk at(Path work) throws IOException {
      Files.createDirectories(work.resolve("classes"));
      return new Desk(work);
    }

    List<Path> lists() throws IOException {
      try (Stream<Path> files = Files.list(work.resolve("classes"))) {
        return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
      }
    }

    /// Keeps what a jar holds: its path, then a line for each class. Whole or not at all.
    void list(Job<Jar> job, List<String> classes) throws IOException {
      List<String> lines = new ArrayList<>(List.of(job.context().path()));
      lines.addAll(classes);
      write("classes/" + job.id().replace("->", "-") + ".txt", lines);
    }

    void write(String name, List<String> lines) throws IOException {
      Path half = work.resolve(name + ".half");
      Files.write(half, lines);
      Files.move(half, work.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  static final Workflow<Desk, Audit, Jar> WORKFLOW =
      Workflow.named("jar-audit", Desk.class, Audit.class, Jar.class)
          .state("folder", s -> s.exec(JarAudit::folder))
          .state("hash", s -> s.exec(JarAudit::hash).concurrency(4))
          .state("manifest", s -> s.execJob(JarAudit::manifest).concurrency(4))
          .state("classes", s -> s.execJob(JarAudit::classes).concurrency(4))
          .state("compare", s -> s.exec(JarAudit::compare))
          .terminal("audited")
          .terminal("broken")
          .terminal("compared")
          .build();

  public static void main(String[] args) {
    Arguments arguments = Arguments.of(args);
    String local = Path.of(System.getProperty("user.home"), ".m2", "repository").toString();
    Path jars = Path.of(arguments.take("--jars", "DIR", "the folder of jars", local));
    Path work = Path.of(arguments.take("--work", "DIR", "the work folder", "work/jar-audit"));
    Jorb.main(
        arguments.defaultFile(work.resolve("jar-audit.jorb")),
        WORKFLOW,
        () -> Desk.at(work),
        () ->
            WORKFLOW
                .run("jar-audit", new Audit(jars.toString()))
                .add(Jar.at(jars.toAbsolutePath())));
  }

  // tag::kick[]
  /// Kicks a job for each jar.
  static Outcome<Jar> folder(Desk desk, Audit audit, Jar folder) throws IOException {
    for (Path ofAnEarlierRun : desk.lists()) {
      Files.delete(ofAnEarlierRun);
    }
    try (Stream<Path> files = Files.walk(Path.of(folder.path()))) {
      List<Kick<Jar>> kicks =
          files
              .filter(file -> file.toString().endsWith(".jar") && Files.isRegularFile(file))
              .sorted()
              .map(file -> new Kick<>("hash", Jar.at(file)))
              .toList();
      return Outcome.to("compare", folder.kicked(kicks.size())).kickAll(kicks);
    }
  }

  // end::kick[]

  static Outcome<Jar> hash(Desk desk, Audit audit, Jar jar) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (InputStream file = Files.newInputStream(Path.of(jar.path()))) {
      file.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    }
    return Outcome.to("manifest", jar.hashed(HexFormat.of().formatHex(digest.digest())));
  }

  static Outcome<Jar> manifest(Desk desk, Audit audit, Job<Jar> job) throws IOException {
    Map<String, String> attributes = new TreeMap<>();
    try (JarFile jar = new JarFile(job.context().path())) {
      Manifest manifest = jar.getManifest();
      if (manifest != null) {
        manifest
            .getMainAttributes()
            .forEach((name, value) -> attributes.put("" + name, "" + value));
      }
    } catch (ZipException e) {
      return broken(desk, job, e);
    }
    return Outcome.to("classes", job.context().described(attributes));
  }

  /// Reads the head of each class, and lists the classes with their checksums.
  static Outcome<Jar> classes(Desk desk, Audit audit, Job<Jar> job) throws IOException {
    Map<Integer, Integer> counts = new TreeMap<>();
    List<String> names = new ArrayList<>();
    try (ZipFile jar = new ZipFile(job.context().path())) {
      for (ZipEntry entry : Collections.list(jar.entries())) {
        if (entry.getName().endsWith(".class")) {
          counts.merge(javaVersion(jar, entry), 1, Integer::sum);
          names.add(entry.getName() + "\t" + Long.toHexString(entry.getCrc()));
        }
      }
    } catch (ZipException | EOFException e) {
      return broken(desk, job, e);
    }
    desk.list(job, names.stream().filter(JarAudit::isComparable).toList());
    return Outcome.to("audited", job.context().counted(counts));
  }

  private static int javaVersion(ZipFile jar, ZipEntry entry) throws IOException {
    try (DataInputStream head = new DataInputStream(jar.getInputStream(entry))) {
      if (head.readInt() != CLASS_MAGIC) {
        throw new ZipException(entry.getName() + " is no class");
      }
      head.readUnsignedShort(); // The minor version.
      return head.readUnsignedShort() - BEFORE_JAVA_1;
    }
  }

  /// Those that the class path finds by their name: not a module's description, and not what a
  /// multi-release jar has for a newer Java.
  private static boolean isComparable(String name) {
    return !name.startsWith("META-INF/") && !name.startsWith("module-info.class");
  }

  private static Outcome<Jar> broken(Desk desk, Job<Jar> job, IOException why) throws IOException {
    desk.list(job, List.of());
    return Outcome.to("broken", job.context()).error(why.toString());
  }

  /// Waits until all jars have left their lists, and reports the classes that are in several.
  static Outcome<Jar> compare(Desk desk, Audit audit, Jar folder) throws IOException {
    List<Path> lists = desk.lists();
    if (lists.size() < folder.jars()) {
      return Outcome.stay(folder).after(POLL);
    }
    Map<String, Map<String, String>> checksumsByJarByClass = new TreeMap<>();
    for (Path list : lists) {
      List<String> lines = Files.readAllLines(list);
      for (String line : lines.subList(1, lines.size())) {
        String[] nameAndChecksum = line.split("\t", 2);
        checksumsByJarByClass
            .computeIfAbsent(nameAndChecksum[0], name -> new TreeMap<>())
            .put(lines.get(0), nameAndChecksum[1]);
      }
    }
    List<Shared> all = shared(checksumsByJarByClass.values());
    desk.write("same-classes.txt", all.stream().map(Shared::toString).toList());
    return Outcome.to("compared", folder.compared(all.stream().mapToInt(Shared::classes).sum()));
  }

  /// Some jars, and the classes that all of them have and no other jar has.
  ///
  /// @param classes how many
  /// @param different how many of them are not the same byte for byte
  record Shared(List<String> jars, int classes, int different) {
    Shared plus(Shared other) {
      return new Shared(jars, classes + other.classes, different + other.different);
    }

    @Override
    public String toString() {
      return "%d classes, %d of them different, in\n  ".formatted(classes, different)
          + String.join("\n  ", jars);
    }
  }

  private static List<Shared> shared(Collection<Map<String, String>> checksumsByJarOfClasses) {
    Map<List<String>, Shared> byJars = new HashMap<>();
    for (Map<String, String> checksumsByJar : checksumsByJarOfClasses) {
      if (checksumsByJar.size() > 1) {
        List<String> jars = List.copyOf(checksumsByJar.keySet());
        boolean isSame = new HashSet<>(checksumsByJar.values()).size() == 1;
        byJars.merge(jars, new Shared(jars, 1, isSame ? 0 : 1), Shared::plus);
      }
    }
    return byJars.values().stream().sorted(comparingInt(Shared::classes).reversed()).toList();
  }
}
