import Dispatch
import Foundation

/// What this machine can do at best, measured.
enum Machine {
  /// Gigabytes a second that `threads` read from memory.
  static func bandwidth(threads: Int) -> Double {
    let words = 32 << 20
    let memory = [UInt64](repeating: 1, count: words)
    return best { () -> Double in
      let start = ContinuousClock.now
      unsafe memory.withUnsafeBufferPointer { words in
        nonisolated(unsafe) let words = unsafe words
        DispatchQueue.concurrentPerform(iterations: threads) { part in
          let range = unsafe part * words.count / threads..<(part + 1) * words.count / threads
          var sums = SIMD8<UInt64>()
          for index in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
            sums &+= unsafe UnsafeRawPointer(words.baseAddress.unsafelyUnwrapped + index)
              .loadUnaligned(
                as: SIMD8<UInt64>.self)
          }
          if sums.wrappedSum() == 0 { print("") }
        }
      }
      return Double(words * 8) / milliseconds(since: start) / 1e6
    }
  }

  private static func best(_ measure: () -> Double) -> Double {
    (0..<8).map { _ in measure() }.max() ?? 0
  }

  /// A line of `/proc/self/status` in mebibytes.
  static func memory(_ key: String) -> Double {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else {
      return 0
    }
    for line in status.split(separator: "\n") where line.hasPrefix(key + ":") {
      let digits = line.filter(\.isNumber)
      return (Double(digits) ?? 0) / 1024
    }
    return 0
  }
}
