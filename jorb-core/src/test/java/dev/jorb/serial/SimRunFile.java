package dev.jorb.serial;

import dev.jorb.run.Run;
import dev.jorb.run.Schema;
import dev.jorb.run.Transition;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.serial.SimDisk.Fault;
import dev.jorb.serial.SimDisk.Stopped;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// A run file on a simulated disk, for histories of the whole engine: it fails, fills up, loses
/// power and is edited when it is told to. Not thread-safe.
public final class SimRunFile<O, J> {
  private static final Path PATH = Path.of("/disk/history.jorb");

  /// No single operation on a small file takes so many calls.
  private static final int SOON = 12;

  private static final int MOST_STATES = 16;

  private final Schema<O, J> schema;
  private final Random random;
  private final Sample.Clock clock = new Sample.Clock();
  private SimDisk disk;
  private JournalSerializer<O, J> journal;

  /// An empty disk whose choices follow from the seed.
  public SimRunFile(Schema<O, J> schema, long seed) {
    this.schema = schema;
    this.random = new Random(seed);
    this.disk = new SimDisk(random);
    this.journal = new JournalSerializer<>(disk, clock, PATH, schema);
  }

  /// A new serializer reads what is there.
  public Optional<Run<O, J>> open() {
    journal = new JournalSerializer<>(disk, clock, PATH, schema);
    return journal.load();
  }

  /// The serializer that reads or writes it now.
  public Serializer<O, J> serializer() {
    return journal;
  }

  /// One of the next calls to the disk fails in some way, or all from there on do.
  public void failSoon() {
    Fault[] faults = Fault.values();
    disk.failAt(
        disk.calls() + 1 + random.nextInt(SOON),
        faults[random.nextInt(faults.length)],
        random.nextInt(3) == 0);
  }

  /// The process ends at one of the next calls.
  public void endSoon() {
    disk.stopAt(disk.calls() + 1 + random.nextInt(SOON));
  }

  /// From now on there is room for so many bytes more.
  public void leaveRoom(long bytes) {
    disk.capacity(disk.used() + bytes);
  }

  /// No call fails any more.
  public void heal() {
    disk.heal().stopAt(Integer.MAX_VALUE);
  }

  /// Whether this was thrown because the process ended.
  public static boolean isEnd(Throwable thrown) {
    return thrown instanceof Stopped;
  }

  /// The process is gone, and perhaps the power was: what is left is one of the states that it may
  /// leave.
  public void endProcess(boolean powerCut) {
    if (powerCut) {
      List<SimDisk> states = disk.afterPowerCut(MOST_STATES);
      disk = states.get(random.nextInt(states.size()));
    } else {
      disk = disk.afterKill();
    }
  }

  /// Another program gives all lines of a job another state, as `sed -i` does.
  public void edit(String job, String to) {
    String before = Sample.utf8(disk.content(PATH));
    String after =
        before.replaceAll(
            "(?m)^(\\{\"id\":\"" + java.util.regex.Pattern.quote(job) + "\",\"state\":\")[^\"]*",
            "$1" + to);
    disk.put(PATH, Sample.utf8(after));
  }

  /// Encodes, where nothing can fail.
  public Encoded<J> encode(Transition<J> transition) {
    try {
      return journal.encode(transition);
    } catch (EncodeException e) {
      throw new AssertionError(e);
    }
  }

  /// The last calls to the disk.
  public String lastCalls() {
    return Life.tail(disk);
  }
}
