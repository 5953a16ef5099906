package io.mooring.testkit.network;

import io.mooring.testkit.TestkitException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** The few calls of Linux for which Java has no class. Any thread. */
final class Kernel {
  private static final int READ_ONLY = 0;
  private static final int READ_WRITE = 2;
  private static final int CLOSE_ON_EXEC = 0x80000;

  /** From linux/if_tun.h: an IP packet in each read and write, without a header of its own. */
  private static final long SET_INTERFACE = 0x400454caL;

  private static final short TUN_WITHOUT_HEADER = 0x1001;
  private static final int REQUEST_BYTES = 40;
  private static final int NAME_BYTES = 16;

  private static final int NETWORK_NAMESPACE = 0x40000000;
  private static final short READABLE = 1;
  private static final int POLL_BYTES = 8;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout POINTER = ValueLayout.ADDRESS;

  private static final MethodHandle OPEN = function("open", 2, INT, POINTER, INT);
  private static final MethodHandle CLOSE = function("close", 1, INT, INT);
  private static final MethodHandle IOCTL = function("ioctl", 2, INT, INT, LONG, POINTER);
  private static final MethodHandle SETNS = function("setns", 2, INT, INT, INT);
  private static final MethodHandle POLL = function("poll", 3, INT, POINTER, LONG, INT);
  private static final MethodHandle READ = function("read", 3, LONG, INT, POINTER, LONG);
  private static final MethodHandle WRITE = function("write", 3, LONG, INT, POINTER, LONG);

  private Kernel() {}

  /** Opens a new network device that hands out and takes IP packets. */
  static int tunDevice(String name) {
    try (Arena arena = Arena.ofConfined()) {
      int device =
          (int) OPEN.invokeExact(arena.allocateFrom("/dev/net/tun"), READ_WRITE | CLOSE_ON_EXEC);
      require(device >= 0, "/dev/net/tun cannot be opened");
      MemorySegment request = arena.allocate(REQUEST_BYTES);
      byte[] text = name.getBytes(StandardCharsets.US_ASCII);
      MemorySegment.copy(text, 0, request, ValueLayout.JAVA_BYTE, 0, text.length);
      request.set(ValueLayout.JAVA_SHORT, NAME_BYTES, TUN_WITHOUT_HEADER);
      int result = (int) IOCTL.invokeExact(device, SET_INTERFACE, request);
      require(result >= 0, "the device " + name + " cannot be made");
      return device;
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** Moves the calling thread, and threads it starts from now on, into a named namespace. */
  static void enter(String namespace) {
    try (Arena arena = Arena.ofConfined()) {
      int file =
          (int)
              OPEN.invokeExact(
                  arena.allocateFrom("/var/run/netns/" + namespace), READ_ONLY | CLOSE_ON_EXEC);
      require(file >= 0, "the namespace " + namespace + " is not there");
      int result = (int) SETNS.invokeExact(file, NETWORK_NAMESPACE);
      close(file);
      require(result == 0, "the namespace " + namespace + " cannot be entered");
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** Waits at most so long for a packet; 0 when none came. */
  static int receive(int device, MemorySegment buffer, int millis) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment wanted = arena.allocate(POLL_BYTES, INT.byteAlignment());
      wanted.set(INT, 0, device);
      wanted.set(ValueLayout.JAVA_SHORT, 4, READABLE);
      int ready = (int) POLL.invokeExact(wanted, 1L, millis);
      if (ready <= 0) {
        return 0;
      }
      return Math.toIntExact(
          Math.max(0L, (long) READ.invokeExact(device, buffer, buffer.byteSize())));
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** Sends a packet; one that the device does not take is lost, as on a cable. */
  static void send(int device, byte[] packet) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, packet);
      long ignored = (long) WRITE.invokeExact(device, bytes, (long) packet.length);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  static void close(int file) {
    try {
      int ignored = (int) CLOSE.invokeExact(file);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  // The tests are started with the permission for calls of the kernel.
  @SuppressWarnings("restricted")
  private static MethodHandle function(
      String name, int fixed, ValueLayout result, ValueLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    SymbolLookup library = linker.defaultLookup();
    // open and ioctl take more arguments where they need them.
    Linker.Option[] options =
        fixed < arguments.length
            ? new Linker.Option[] {Linker.Option.firstVariadicArg(fixed)}
            : new Linker.Option[0];
    return linker.downcallHandle(
        library.findOrThrow(name), FunctionDescriptor.of(result, arguments), options);
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new TestkitException(otherwise);
    }
  }

  private static RuntimeException failure(Throwable cause) {
    return cause instanceof RuntimeException known
        ? known
        : new TestkitException("a call of the kernel failed", cause);
  }
}
