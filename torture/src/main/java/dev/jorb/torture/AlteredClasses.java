package dev.jorb.torture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;

/// Loads the library and the rows anew, with classes of the library altered. The campaign's own
/// classes stay the same, so that a row from here runs in it like any other.
final class AlteredClasses extends ClassLoader {
  private static final String LIBRARY = "dev.jorb.";
  private static final String CAMPAIGN = "dev.jorb.torture.";

  private final Alteration alteration;
  private final String libraryRoot;

  /// What is done to a class file of the library; gives back the same if nothing is.
  @FunctionalInterface
  interface Alteration {
    byte[] alter(String className, byte[] classFile);
  }

  AlteredClasses(Alteration alteration) {
    super(AlteredClasses.class.getClassLoader());
    this.alteration = alteration;
    this.libraryRoot = root("dev/jorb/serial/Serializer.class");
  }

  private String root(String resource) {
    URL url = getParent().getResource(resource);
    if (url == null) {
      throw new IllegalStateException("not on the class path: " + resource);
    }
    String text = url.toString();
    return text.substring(0, text.length() - resource.length());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(LIBRARY) || name.startsWith(CAMPAIGN)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    String resource = name.replace('.', '/') + ".class";
    try (InputStream in = getParent().getResourceAsStream(resource)) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] classFile = in.readAllBytes();
      byte[] altered =
          root(resource).equals(libraryRoot) ? alteration.alter(name, classFile) : classFile;
      return defineClass(name, altered, 0, altered.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// An object of a class that is loaded here, made without arguments.
  <T> T make(String className, Class<T> type) {
    try {
      return type.cast(loadClass(className).getConstructor().newInstance());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make a " + className, e);
    }
  }
}
