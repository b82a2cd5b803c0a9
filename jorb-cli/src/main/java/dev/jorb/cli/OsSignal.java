package dev.jorb.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/// Receives a signal of the operating system.
///
/// It calls `sun.misc.Signal` by reflection: the JDK supports it for want of anything better (JEP
/// 260), but its compiler warns of each use in a way that nothing can switch off, and warnings are
/// errors here.
final class OsSignal implements AutoCloseable {
  private final Object signal;
  private final Object handlerBefore;

  private OsSignal(Object signal, Object handlerBefore) {
    this.signal = signal;
    this.handlerBefore = handlerBefore;
  }

  /// Runs `action` on a thread of its own at each signal until this is closed. A signal that the
  /// process was started to ignore, as `nohup` does, stays ignored.
  ///
  /// @param name without SIG, such as `INT`
  /// @throws UnsupportedOperationException if this machine or JVM does not give it away
  static OsSignal receive(String name, Runnable action) {
    try {
      Object signal =
          Class.forName("sun.misc.Signal").getConstructor(String.class).newInstance(name);
      return new OsSignal(signal, handle(signal, handler(action)));
    } catch (ReflectiveOperationException e) {
      throw new UnsupportedOperationException("SIG" + name + " cannot be received", e);
    }
  }

  @SuppressWarnings("ReferenceEquality") // That is what equality of handlers is.
  private static Object handler(Runnable action) throws ClassNotFoundException {
    Class<?> type = handlerType();
    return Proxy.newProxyInstance(
        OsSignal.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "handle" -> {
                action.run();
                yield null;
              }
              case "hashCode" -> System.identityHashCode(proxy);
              case "equals" -> arguments != null && proxy == arguments[0];
              default -> "handler of " + action;
            });
  }

  private static Class<?> handlerType() throws ClassNotFoundException {
    return Class.forName("sun.misc.SignalHandler");
  }

  private static Object handle(Object signal, Object handler) throws ReflectiveOperationException {
    return signal
        .getClass()
        .getMethod("handle", signal.getClass(), handlerType())
        .invoke(null, signal, handler);
  }

  /// Gives the signal back to whoever received it before.
  @Override
  public void close() {
    try {
      handle(signal, handlerBefore);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("a signal cannot be given back", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a signal cannot be given back", e);
    }
  }
}
