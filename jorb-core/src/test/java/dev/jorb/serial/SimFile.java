package dev.jorb.serial;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// What a simulated disk knows of one file: what programs see, what survives a power cut for sure,
/// and, for every sector that differs, all that it may hold after one. Not thread-safe.
final class SimFile {
  static final int SECTOR = 512;

  final long key;

  /// The page cache: what every program sees.
  private byte[] cache = {};

  private int size;

  /// What is on the platter for sure where [#unsynced] has no sector.
  private byte[] durable = {};

  /// For each sector written since the last sync, what it may hold after a power cut, in the order
  /// in which it was written; the first is what was durable.
  private final TreeMap<Integer, List<byte[]>> unsynced = new TreeMap<>();

  /// The sizes since the last sync; the first is the durable one.
  private List<Integer> sizes = new ArrayList<>(List.of(0));

  SimFile(long key) {
    this.key = key;
  }

  /// A file that is wholly durable.
  static SimFile durable(long key, byte[] content) {
    SimFile file = new SimFile(key);
    file.cache = Arrays.copyOf(content, sectorCeiling(content.length));
    file.durable = file.cache.clone();
    file.size = content.length;
    file.sizes = new ArrayList<>(List.of(content.length));
    return file;
  }

  /// A second one that knows the same.
  SimFile copy() {
    SimFile copy = new SimFile(key);
    copy.cache = cache.clone();
    copy.size = size;
    copy.durable = durable.clone();
    unsynced.forEach((sector, versions) -> copy.unsynced.put(sector, new ArrayList<>(versions)));
    copy.sizes = new ArrayList<>(sizes);
    return copy;
  }

  int size() {
    return size;
  }

  byte[] content() {
    return Arrays.copyOf(cache, size);
  }

  int read(long position, byte[] into, int offset, int length) {
    if (position >= size) {
      return length == 0 ? 0 : -1;
    }
    int count = Math.min(length, size - (int) position);
    System.arraycopy(cache, (int) position, into, offset, count);
    return count;
  }

  void write(long position, byte[] from, int offset, int length) {
    if (length == 0) {
      return;
    }
    int end = Math.toIntExact(position + length);
    if (cache.length < end) {
      cache = Arrays.copyOf(cache, Math.max(sectorCeiling(end), cache.length * 2));
    }
    int firstSector = (int) Math.min(position, size) / SECTOR;
    System.arraycopy(from, offset, cache, (int) position, length);
    for (int sector = firstSector; sector * SECTOR < end; sector++) {
      dirty(sector);
    }
    resize(Math.max(size, end));
  }

  void truncate(int newSize) {
    int oldSize = size;
    if (newSize > cache.length) {
      cache = Arrays.copyOf(cache, sectorCeiling(newSize));
    }
    Arrays.fill(cache, Math.min(newSize, oldSize), cache.length, (byte) 0);
    for (int sector = newSize / SECTOR; sector * SECTOR < oldSize; sector++) {
      dirty(sector);
    }
    resize(newSize);
  }

  private void resize(int newSize) {
    if (newSize != size) {
      size = newSize;
      sizes.add(newSize);
    }
  }

  private void dirty(int sector) {
    unsynced
        .computeIfAbsent(sector, absent -> new ArrayList<>(List.of(sectorOf(durable, sector))))
        .add(sectorOf(cache, sector));
  }

  private static byte[] sectorOf(byte[] bytes, int sector) {
    int from = sector * SECTOR;
    return from >= bytes.length
        ? new byte[SECTOR]
        : Arrays.copyOf(
            Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + SECTOR)), SECTOR);
  }

  private static int sectorCeiling(int bytes) {
    return (bytes + SECTOR - 1) / SECTOR * SECTOR;
  }

  /// All that was written is on the platter.
  void sync() {
    unsynced.forEach((sector, versions) -> store(sector, versions.getLast()));
    unsynced.clear();
    sizes = new ArrayList<>(List.of(size));
  }

  /// A sync that failed, as Linux has it: each dirty page reached the platter or did not, and all
  /// are marked clean, so that a later sync passes over them.
  ///
  /// @param dropsCache whether programs see from now on what is on the platter, as with XFS and
  ///   btrfs, or what they wrote, as with ext4
  void failSync(RandomGenerator random, boolean dropsCache) {
    unsynced.forEach((sector, versions) -> {
      byte[] stored = versions.get(random.nextInt(versions.size()));
      store(sector, stored);
      if (dropsCache) {
        System.arraycopy(stored, 0, cache, sector * SECTOR, SECTOR);
      }
    });
    unsynced.clear();
    if (dropsCache) {
      Arrays.fill(cache, size, cache.length, (byte) 0);
    }
  }

  private void store(int sector, byte[] content) {
    int end = (sector + 1) * SECTOR;
    if (durable.length < end) {
      durable = Arrays.copyOf(durable, end);
    }
    System.arraycopy(content, 0, durable, sector * SECTOR, SECTOR);
  }

  /// How many choices there are for each thing that a power cut decides: first the size, then each
  /// unsynced sector.
  List<Integer> choices() {
    List<Integer> choices = new ArrayList<>();
    choices.add(possibleSizes().size());
    unsynced.values().forEach(versions -> choices.add(versions.size()));
    return choices;
  }

  /// The file after a power cut that decided like this; see [#choices()].
  SimFile afterPowerCut(List<Integer> decisions) {
    int newSize = possibleSizes().get(decisions.getFirst());
    byte[] content = Arrays.copyOf(durable, Math.max(durable.length, sectorCeiling(newSize)));
    int next = 1;
    for (Map.Entry<Integer, List<byte[]>> each : unsynced.entrySet()) {
      byte[] chosen = each.getValue().get(decisions.get(next++));
      int at = each.getKey() * SECTOR;
      if (at < newSize) {
        System.arraycopy(chosen, 0, content, at, SECTOR);
      }
    }
    return durable(key, Arrays.copyOf(content, newSize));
  }

  /// The sizes it had since the last sync, and the sector ends between them.
  private List<Integer> possibleSizes() {
    TreeMap<Integer, Boolean> all = new TreeMap<>();
    sizes.forEach(each -> all.put(each, true));
    int smallest = all.firstKey();
    int largest = all.lastKey();
    for (int at = sectorCeiling(smallest + 1); at < largest; at += SECTOR) {
      all.put(at, true);
    }
    return List.copyOf(all.keySet());
  }
}
