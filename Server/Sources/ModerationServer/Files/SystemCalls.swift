import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Calls of the platform's C library that swift-system does not have. No other file of the server makes one.

extension FileDescriptor {
  /// Waits until all that was written is on the disk.
  func synchronize() throws(Errno) {
    guard fsync(rawValue) == 0 else { throw Errno(rawValue: errno) }
  }

  /// Takes the lock of the file; false when another process has it.
  func lock() -> Bool { flock(rawValue, LOCK_EX | LOCK_NB) == 0 }
}

enum FileNames {
  /// Gives a file another name in its folder.
  static func move(_ path: String, to other: String) throws(Errno) {
    guard unsafe rename(path, other) == 0 else { throw Errno(rawValue: errno) }
  }
}

enum ThreadPriority {
  /// Waits a millisecond.
  static func pause() { usleep(1000) }

  /// Gives the calling thread the time that no other thread wants.
  static func lower() {
    #if canImport(Darwin)
      pthread_set_qos_class_self_np(QOS_CLASS_BACKGROUND, 0)
    #elseif canImport(Glibc)
      // Linux takes 0 for the calling thread, not for the process.
      _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
    #elseif canImport(Musl)
      _ = setpriority(PRIO_PROCESS, 0, 19)
    #endif
  }
}
