import Foundation
import Tensor

/// What this machine can do at best, measured.
enum Machine {
  /// Gigabytes a second that `threads` read from memory.
  static func bandwidth(threads: Int) -> Double {
    let pool = ThreadPool(threads: threads)
    let words = 32 << 20
    let memory = [UInt64](repeating: 1, count: words)
    let parts = 64
    return best { () -> Double in
      let start = ContinuousClock.now
      unsafe memory.withUnsafeBufferPointer { words in
        nonisolated(unsafe) let words = unsafe words
        pool.run(parts: parts) { part, _ in
          let range = unsafe part * words.count / parts..<(part + 1) * words.count / parts
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

  /// Billions of multiply-adds a second of our kernels on data in the first caches.
  static func peak(_ precision: String, _ processor: Processor) -> Double {
    let (rows, inputs, outputs) = (32, 768, 96)
    let weights = Matrix(rows: outputs, columns: inputs)
    let layer = DenseWeights(weights: weights, bias: nil, kernels: processor.kernels)
    let quantized = QuantizedWeights(rounding: weights, bias: nil, bits: 7)
    return best { () -> Double in
      let repetitions = 1000
      let start = ContinuousClock.now
      processor.pool.run(parts: processor.pool.threads) { _, _ in
        let x = Matrix(rows: rows, columns: inputs)
        let y = Matrix(rows: rows, columns: outputs)
        let integers = QuantizedRows(rows: rows, columns: inputs, digits: 1)
        for _ in 0..<repetitions {
          if precision == "int8" {
            processor.kernels.dense(
              integers, rows: 0..<rows, quantized, columns: 0..<outputs, into: y)
          } else {
            processor.kernels.dense(x, layer, into: y)
          }
        }
      }
      let count = repetitions * processor.pool.threads * rows * inputs * outputs
      return Double(count) / milliseconds(since: start) / 1e6
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
