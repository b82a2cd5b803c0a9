package dev.jorb.torture.real;

import dev.jorb.run.Job;
import dev.jorb.run.Json;
import dev.jorb.run.Run;
import dev.jorb.serial.RunFile;
import dev.jorb.serial.RunFileException;
import dev.jorb.torture.Finding;
import dev.jorb.torture.child.Oracle;
import dev.jorb.torture.child.Oracle.Stand;
import dev.jorb.torture.child.Script;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Compares what a child was told with what its run file holds, life after life.
///
/// - What was acknowledged is in the file, and nothing older (P1, P4).
/// - A batch is in it whole or not at all, and each kicked job with its parent (P2, P3).
/// - Each job is, in all its parts, what the oracle says of its version.
/// - No step runs again whose transition was acknowledged; no step begins before (P5).
/// - After a batch was refused for good, none is acknowledged (P6).
///
/// Not thread-safe.
final class Ledger {
  private final Path account;
  private final Oracle oracle;
  private long read;

  private final Map<String, Integer> acknowledged = new HashMap<>();
  private final Map<String, Integer> begun = new HashMap<>();
  private final Set<String> begunInThisLife = new HashSet<>();

  /// How many steps of each state have begun since the disk was found full twice in a row.
  private final Map<String, Integer> begunWhileFull = new HashMap<>();

  /// Batches of which nobody heard whether they were recorded.
  private final List<Map<String, Integer>> inDoubt = new ArrayList<>();

  private Map<String, Integer> batch = Map.of();
  private boolean dead;
  private String life = "0";
  private long repeats;
  private long steps;
  private long acknowledgements;
  private long refusedForWantOfRoom;
  private int refusedInARow;
  private boolean endedInOrder;

  Ledger(Path account, long seed) {
    this.account = account;
    this.oracle = new Oracle(seed);
  }

  /// Steps that began a second time, within what is allowed.
  long repeats() {
    return repeats;
  }

  /// Steps that began.
  long steps() {
    return steps;
  }

  /// Batches that were acknowledged.
  long acknowledgements() {
    return acknowledgements;
  }

  /// Batches that were refused because the disk was full.
  long refusedForWantOfRoom() {
    return refusedForWantOfRoom;
  }

  /// Whether the last life ended in order.
  boolean endedInOrder() {
    return endedInOrder;
  }

  /// Reads what was added to the account.
  void read() throws IOException {
    lines().forEach(this::take);
  }

  /// Reads what was added up to now. The power is cut in this moment: what is added later is only
  /// what the child believed.
  void noteCut() throws IOException {
    read();
  }

  /// Compares with a run file as a power cut left it, whose child has ended.
  void checkAfterCut(Path path) throws IOException {
    for (String line : lines()) {
      String[] words = line.split(" ");
      if (words[0].equals("C")) {
        inDoubt.add(versions(words, 2));
      } else if (words[0].equals("D")) {
        doubt(versions(words, 1));
      }
    }
    check(path);
  }

  /// The whole lines that were added.
  private List<String> lines() throws IOException {
    if (!Files.exists(account)) {
      return List.of();
    }
    byte[] bytes;
    try (RandomAccessFile file = new RandomAccessFile(account.toFile(), "r")) {
      bytes = new byte[(int) (file.length() - read)];
      file.seek(read);
      file.readFully(bytes);
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    int whole = text.lastIndexOf('\n') + 1;
    read += text.substring(0, whole).getBytes(StandardCharsets.UTF_8).length;
    return text.substring(0, whole).lines().toList();
  }

  private void take(String line) {
    String[] words = line.split(" ");
    switch (words[0]) {
      case "L" -> begins(words[1]);
      case "D" -> doubt(versions(words, 1));
      case "F" -> isDurable(versions(words, 1));
      case "S" -> stepBegins(words);
      case "C" -> willCommit(words);
      case "K" -> committed(words[1]);
      case "X" -> refused(words[2]);
      case "E" -> endedInOrder = true;
      default -> {} // What it said of its failure, or a line that the kill cut off.
    }
  }

  private void begins(String number) {
    life = number;
    dead = false;
    endedInOrder = false;
    begunInThisLife.clear();
    batch = Map.of();
    refusedInARow = 0;
    begunWhileFull.clear();
  }

  private void doubt(Map<String, Integer> versions) {
    if (!versions.isEmpty()) {
      inDoubt.add(versions);
    }
  }

  private static Map<String, Integer> versions(String[] words, int from) {
    Map<String, Integer> versions = new LinkedHashMap<>();
    for (int i = from; i < words.length; i++) {
      int colon = words[i].lastIndexOf(':');
      versions.put(words[i].substring(0, colon), Integer.parseInt(words[i].substring(colon + 1)));
    }
    return versions;
  }

  private void isDurable(Map<String, Integer> versions) {
    requireHeld("was loaded", versions);
    inDoubt.clear();
    acknowledged.clear();
    acknowledged.putAll(versions);
  }

  private void stepBegins(String[] words) {
    steps++;
    // A worker that had its job before the first refusal may come to it late; no more are given
    // out.
    if (refusedInARow > 1 && begunWhileFull.merge(words[3], 1, Integer::sum) > Script.CONCURRENCY) {
      throw Finding.silentlyWrong(
          at("steps begin although the disk is full: " + String.join(" ", words)));
    }
    String id = words[1];
    int version = Integer.parseInt(words[2]);
    int known = acknowledged.getOrDefault(id, 0);
    if (version < known) {
      throw Finding.repeated(
          at(
              "step of job "
                  + id
                  + " began at version "
                  + version
                  + ", but version "
                  + known
                  + " was acknowledged"));
    } else if (version > known) {
      throw Finding.silentlyWrong(
          at(
              "step of job "
                  + id
                  + " began at version "
                  + version
                  + ", but only version "
                  + known
                  + " was acknowledged"));
    }
    if (!begunInThisLife.add(id + ":" + version)) {
      throw Finding.repeated(at("step of job " + id + " began twice at version " + version));
    }
    if (begun.getOrDefault(id, 0) >= version) {
      repeats++;
    }
    begun.merge(id, version, Math::max);
    Stand stand = oracle.stand(id, version);
    if (!stand.state().equals(words[3])
        || !Long.toString(stand.context().digest()).equals(words[4])) {
      throw Finding.silentlyWrong(
          at("step of job " + id + " was given another version than " + version));
    }
  }

  private void willCommit(String[] words) {
    if (dead) {
      throw Finding.silentlyWrong(
          at("batch " + words[1] + " was tried after one was refused for good"));
    }
    batch = versions(words, 2);
    inDoubt.add(batch);
  }

  private void committed(String number) {
    if (dead) {
      throw Finding.silentlyWrong(
          at("batch " + number + " was acknowledged after one was refused for good"));
    }
    acknowledgements++;
    refusedInARow = 0;
    begunWhileFull.clear();
    inDoubt.remove(batch);
    acknowledged.putAll(batch);
  }

  private void refused(String why) {
    if (why.equals("full")) {
      refusedForWantOfRoom++;
      refusedInARow++;
      inDoubt.remove(batch); // Nothing of it is recorded.
    } else {
      dead = true;
    }
  }

  private String at(String what) {
    return account + ", life " + life + ": " + what;
  }

  /// Compares with the run file, whose child has ended; what it holds must be there from now on.
  void check(Path path) throws IOException {
    read();
    if (!Files.exists(path) || Files.size(path) == 0) {
      if (!acknowledged.isEmpty()) {
        throw Finding.lost(at(path + " is gone"));
      }
      return;
    }
    requirePrivate(path);
    RunFile file;
    try {
      file = RunFile.read(path);
    } catch (RunFileException unreadable) {
      throw Finding.lost(at("cannot be read: " + unreadable.getMessage()));
    }
    Map<String, Integer> held = new LinkedHashMap<>();
    for (Job<Json> job : file.run().jobs()) {
      held.put(job.id(), job.version());
      compare(file.run(), job);
    }
    requireHeld("is in " + path, held);
    inDoubt.clear(); // Nobody is left who could still write it.
    acknowledged.putAll(held);
  }

  private void requirePrivate(Path path) throws IOException {
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    if (!mode.equals("rw-------")) {
      throw Finding.silentlyWrong(at(path + " has the mode " + mode));
    }
  }

  private void requireHeld(String where, Map<String, Integer> held) {
    acknowledged.forEach((id, version) -> {
      int found = held.getOrDefault(id, 0);
      if (found < version) {
        throw Finding.lost(
            at(
                "version "
                    + version
                    + " of job "
                    + id
                    + " was acknowledged, version "
                    + found
                    + " "
                    + where));
      }
    });
    for (Map<String, Integer> each : inDoubt) {
      long there =
          each.entrySet().stream()
              .filter(e -> held.getOrDefault(e.getKey(), 0) >= e.getValue())
              .count();
      if (there != 0 && there != each.size()) {
        throw Finding.silentlyWrong(
            at(
                there
                    + " of the "
                    + each.size()
                    + " versions of one batch are "
                    + where
                    + ": "
                    + each));
      }
    }
    held.forEach((id, version) -> {
      if (version > acknowledged.getOrDefault(id, 0) && !isInDoubt(id, version)) {
        throw Finding.silentlyWrong(
            at("version " + version + " of job " + id + " " + where + ", but nobody committed it"));
      }
    });
  }

  private boolean isInDoubt(String id, int version) {
    return inDoubt.stream().anyMatch(each -> each.getOrDefault(id, 0) == version);
  }

  private void compare(Run<Json, Json> run, Job<Json> job) {
    Stand stand = oracle.stand(job.id(), job.version());
    Stand found =
        new Stand(
            job.state(),
            stand.context(),
            job.kicks(),
            job.attempt(),
            job.awaitsKicks(),
            job.transitionCount(),
            job.errorCount());
    if (!found.equals(stand) || !job.context().text().equals(stand.context().json())) {
      throw Finding.silentlyWrong(
          at(
              "job "
                  + job
                  + " is not what version "
                  + job.version()
                  + " is: "
                  + found
                  + " with "
                  + shortened(job.context().text())
                  + ", not "
                  + stand));
    }
    for (int n = 0; n <= job.kicks(); n++) {
      boolean there = run.job(job.id() + "->" + n).isPresent();
      if (there != (n < job.kicks())) {
        throw Finding.silentlyWrong(
            at(
                "job "
                    + job.id()
                    + " has kicked "
                    + job.kicks()
                    + " jobs, but job "
                    + job.id()
                    + "->"
                    + n
                    + " is "
                    + (there ? "there" : "missing")));
      }
    }
  }

  private static String shortened(String text) {
    return text.length() <= 120 ? text : text.substring(0, 120) + "…";
  }
}
