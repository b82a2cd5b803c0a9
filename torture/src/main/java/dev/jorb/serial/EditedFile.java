package dev.jorb.serial;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The lines of a run file, to be changed as people and bad disks change them. Not thread-safe.
final class EditedFile {
  private static final Pattern JOB =
      Pattern.compile(
          "\\{\"id\":\"([^\"]*)\",\"state\":\"([^\"]*)\",\"v\":(\\d+).*", Pattern.DOTALL);
  private static final byte[] JOB_START = "{\"id\":".getBytes(StandardCharsets.UTF_8);
  private static final int CRC_FRAME = ",\"crc\":\"".length() + "\"}".length();

  private final List<byte[]> lines = new ArrayList<>();

  EditedFile(byte[] file) {
    int start = 0;
    for (int i = 0; i < file.length; i++) {
      if (file[i] == '\n') {
        lines.add(Arrays.copyOfRange(file, start, i + 1));
        start = i + 1;
      }
    }
  }

  byte[] bytes() {
    int size = lines.stream().mapToInt(line -> line.length).sum();
    byte[] all = new byte[size];
    int at = 0;
    for (byte[] line : lines) {
      System.arraycopy(line, 0, all, at, line.length);
      at += line.length;
    }
    return all;
  }

  int count() {
    return lines.size();
  }

  byte[] line(int index) {
    return lines.get(index);
  }

  void set(int index, byte[] line) {
    lines.set(index, line);
  }

  /// Where the lines of jobs are.
  List<Integer> jobLines() {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (isJob(lines.get(i))) {
        all.add(i);
      }
    }
    return all;
  }

  private static boolean isJob(byte[] line) {
    return Arrays.mismatch(line, JOB_START) == JOB_START.length;
  }

  /// What a line says of its job: id, state, version.
  Matcher job(int index) {
    Matcher job = JOB.matcher(Sample.utf8(lines.get(index)));
    if (!job.matches()) {
      throw new IllegalStateException("no job's line: " + Sample.utf8(lines.get(index)));
    }
    return job;
  }

  /// Which line says the newest version of each job.
  Map<String, Integer> newest() {
    Map<String, Integer> newest = new HashMap<>();
    Map<String, Integer> versions = new HashMap<>();
    for (int index : jobLines()) {
      Matcher job = job(index);
      int version = Integer.parseInt(job.group(3));
      if (version >= versions.getOrDefault(job.group(1), 0)) {
        versions.put(job.group(1), version);
        newest.put(job.group(1), index);
      }
    }
    return newest;
  }

  /// Gives a job's line another state, as find and replace does.
  void replaceState(int index, String to) {
    Matcher job = job(index);
    String text = Sample.utf8(lines.get(index));
    lines.set(
        index, Sample.utf8(text.substring(0, job.start(2)) + to + text.substring(job.end(2))));
  }

  /// Changes bytes of a line between `from` and its checksum into others that may stand there.
  void blot(int index, int from, Random random) {
    byte[] line = lines.get(index).clone();
    int end = line.length - CRC_FRAME - 17;
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      int at = from + random.nextInt(Math.max(1, end - from));
      line[at] = (byte) (line[at] == '7' ? '8' : '7');
    }
    lines.set(index, line);
  }

  /// Gives every line the checksums that fit what it says, and every commit line the sum that fits
  /// its batch.
  void repair() {
    BatchSum sum = new BatchSum();
    for (int i = 0; i < lines.size(); i++) {
      byte[] line = lines.get(i);
      int digits = digits(line);
      if (digits == 0) {
        continue;
      }
      String body = new String(line, 0, line.length - 1 - CRC_FRAME - digits, BYTES);
      if (body.startsWith("{\"commit\":")) {
        body = body.replaceFirst("\"sum\":\"[^\"]*\"", "\"sum\":\"%08x\"".formatted(sum.value()));
        sum.clear();
      }
      byte[] repaired = sealed(body, digits);
      lines.set(i, repaired);
      if (!body.startsWith("{\"commit\":") && !body.startsWith("{\"jorb\":")) {
        sum.add(repaired, repaired.length - 1);
      }
    }
  }

  private static final Charset BYTES = StandardCharsets.ISO_8859_1;

  private static byte[] sealed(String body, int digits) {
    byte[] bytes = body.getBytes(BYTES);
    String crc = "%08x".formatted(LineWriter.checksum(bytes, 0, bytes.length));
    if (digits == 16) {
      int[] state = LineWriter.findStateValue(bytes, 0, bytes.length);
      crc +=
          "%08x"
              .formatted(
                  state == null
                      ? 0
                      : LineWriter.checksumWithout(bytes, 0, bytes.length, state[0], state[1]));
    }
    return (body + ",\"crc\":\"" + crc + "\"}\n").getBytes(BYTES);
  }

  private static int digits(byte[] line) {
    String text = new String(line, BYTES);
    int field = text.lastIndexOf(",\"crc\":\"");
    int digits = text.length() - 1 - CRC_FRAME - field;
    return field > 0 && (digits == 8 || digits == 16) ? digits : 0;
  }
}
