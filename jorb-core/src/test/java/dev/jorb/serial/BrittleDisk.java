package dev.jorb.serial;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The machine's disk, with one call that fails when told so, and a record of the calls that change
/// something.
final class BrittleDisk implements Disk {
  final List<String> calls = new ArrayList<>();
  private final Disk disk = RealDisk.INSTANCE;
  private @Nullable String failing;
  private String message = "";

  /// From now on `call` fails with `message`.
  void failing(String call, String message) {
    this.failing = call;
    this.message = message;
  }

  void heal() {
    failing = null;
  }

  private void at(String call) throws IOException {
    calls.add(call);
    if (call.equals(failing)) {
      throw new IOException(message);
    }
  }

  @Override
  public DiskFile open(Path path) throws IOException {
    return new BrittleFile(disk.open(path));
  }

  @Override
  public DiskFile openReadOnly(Path path) throws IOException {
    return disk.openReadOnly(path);
  }

  @Override
  public DiskFile create(Path path) throws IOException {
    at("create");
    return new BrittleFile(disk.create(path));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    at("rename");
    disk.rename(from, to);
  }

  @Override
  public void delete(Path path) throws IOException {
    disk.delete(path);
  }

  @Override
  public void syncDirectoryOf(Path path) throws IOException {
    at("syncDirectoryOf");
    disk.syncDirectoryOf(path);
  }

  @Override
  public Optional<Stat> stat(Path path) throws IOException {
    return disk.stat(path);
  }

  @Override
  public Path real(Path path) throws IOException {
    return disk.real(path);
  }

  @Override
  public RunLock lock(Path path, String owner) throws IOException {
    at("lock");
    return disk.lock(path, owner);
  }

  private final class BrittleFile implements DiskFile {
    private final DiskFile file;

    BrittleFile(DiskFile file) {
      this.file = file;
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
      return file.read(position, into, offset, length);
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
      at("write");
      file.write(position, from, offset, length);
    }

    @Override
    public void truncate(long size) throws IOException {
      at("truncate");
      file.truncate(size);
    }

    @Override
    public void sync() throws IOException {
      at("sync");
      file.sync();
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
