// The calls of the system that differ between platforms, or that the standard library does not have.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The process's memory.
enum Memory {
  /// Asks the system for all pages of large memory at once, which is faster by half than one by one as
  /// they are touched. A system that cannot do that gives them one by one.
  @unsafe static func populate(_ memory: UnsafeMutableRawBufferPointer) {
    #if os(Linux)
      guard memory.count >= 1 << 20, let first = memory.baseAddress else { return }
      let start = unsafe first.alignedUp(toMultipleOf: Int(getpagesize()))
      let populateWrite: Int32 = 23  // MADV_POPULATE_WRITE, which older headers do not have
      unsafe madvise(start, memory.count - (start - first), populateWrite)
    #endif
  }
}

/// The process's environment.
enum Environment {
  static func has(_ name: String) -> Bool { unsafe getenv(name) != nil }

  /// Runs `body` with a variable set that is not set otherwise.
  static func with(_ name: String, _ value: String, _ body: () -> Void) {
    unsafe setenv(name, value, 1)
    body()
    unsafe unsetenv(name)
  }
}

/// The libraries that the process has loaded.
enum LoadedLibraries {
  /// A C function without parameters and result, or nil where no library has one of that name.
  static func function(_ name: String) -> (() -> Void)? {
    typealias Function = @convention(c) () -> Void
    guard let symbol = unsafe dlsym(dlopen(nil, RTLD_NOW), name) else { return nil }
    return unsafe unsafeBitCast(symbol, to: Function.self)
  }
}

/// A condition variable, which the standard library does not have.
@safe
final class Alarm: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Wakes all threads that sleep.
  func ring() {
    unsafe pthread_mutex_lock(mutex)
    unsafe pthread_cond_broadcast(condition)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Sleeps until the alarm rings and `isDue` holds.
  func sleep(until isDue: () -> Bool) {
    unsafe pthread_mutex_lock(mutex)
    while !isDue() { unsafe pthread_cond_wait(condition, mutex) }
    unsafe pthread_mutex_unlock(mutex)
  }
}

/// Threads that nobody waits for.
enum Thread {
  private final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` on a new thread. Where the system gives none, `body` does not run.
  static func start(_ body: @escaping @Sendable () -> Void) {
    let start = unsafe Unmanaged.passRetained(Start(body)).toOpaque()
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let failure = unsafe pthread_create(
      &thread, nil,
      { argument in
        #if canImport(Darwin)
          let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        #else
          guard let argument = unsafe argument else { return nil }
          let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        #endif
        start.body()
        return nil
      }, start)
    if failure != 0 {
      // Without this worker the others and the caller do its parts.
      unsafe Unmanaged<Start>.fromOpaque(start).release()
      return
    }
    #if canImport(Darwin)
      if let thread = unsafe thread { unsafe pthread_detach(thread) }
    #else
      pthread_detach(thread)
    #endif
  }
}
