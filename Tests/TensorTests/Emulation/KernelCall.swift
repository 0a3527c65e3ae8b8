@testable import Tensor

/// One call of a kernel: what it is given, and what it must leave.
struct KernelCall: Sendable, CustomStringConvertible {
  /// In the driver's order.
  enum Kernel: Int {
    case dense, multiply, layerNorm, softmax, activate, add, transpose, quantize, int8Dense, dense64
    case rmsNorm, gate, rotatePairs
  }

  /// What an array must hold; where there is nil, anything.
  struct Expected: Sendable {
    let words: [UInt32?]
    var isFloat = true
  }

  let description: String
  let arrays: [[UInt32]]
  let expected: [Expected]

  init(
    _ kernel: Kernel, _ description: String, numbers: [Int], arrays: [[UInt32]],
    expected: [Expected]
  ) {
    self.description = "\(kernel) \(description)"
    let header = [kernel.rawValue] + numbers
    self.arrays = [header.map { UInt32(bitPattern: Int32(truncatingIfNeeded: $0)) }] + arrays
    self.expected = expected
  }

  /// Where a reply differs from what is expected, or nil.
  func difference(_ replies: ArraySlice<[UInt32]>) -> String? {
    for (index, (reply, expected)) in zip(replies, expected).enumerated() {
      guard reply.count == expected.words.count else {
        return "array \(index) has \(reply.count) elements, not \(expected.words.count)"
      }
      let differences = reply.indices.filter { place in
        guard let word = expected.words[place] else { return false }
        return expected.isFloat
          ? Self.canonical(reply[place]) != Self.canonical(word) : reply[place] != word
      }
      if let first = differences.first, let word = expected.words[first] {
        let values =
          expected.isFloat
          ? "\(Float(bitPattern: reply[first])), not \(Float(bitPattern: word))"
          : "\(reply[first]), not \(word)"
        return
          "array \(index): \(differences.count) of \(reply.count) differ, [\(first)] is \(values)"
      }
    }
    return replies.count == expected.count ? nil : "\(replies.count) arrays, not \(expected.count)"
  }

  /// A float's bits, one pattern for every NaN: its sign and payload are the CPU's own.
  private static func canonical(_ word: UInt32) -> UInt32 {
    word & 0x7fff_ffff > 0x7f80_0000 ? 0x7fc0_0000 : word
  }
}

extension Matrix {
  /// All that lies in the storage, behind the columns of each row too.
  var words: [UInt32] {
    Matrix(storage: storage, rows: 1, columns: storage.count).elements.map(\.bitPattern)
  }

  /// Memory for a result: rows with room behind them, and in all of it a value that a kernel must not
  /// touch where it has nothing to write.
  static func result(_ rows: Int, _ columns: Int, stride: Int? = nil) -> Matrix {
    let stride = stride ?? columns + 3
    let storage = Storage<Float>(count: rows * stride)
    Matrix(storage: storage, rows: 1, columns: storage.count).fill(77)
    return Matrix(storage: storage, rows: rows, columns: columns, stride: stride)
  }
}

extension Activation {
  static let all: [Activation] = [.none, .relu, .gelu, .geluTanh, .tanh, .silu, .logistic]

  /// Its place among the kernels' own.
  var number: Int { Self.all.firstIndex(of: self) ?? 0 }
}

extension Generator {
  /// Values that a kernel may stumble over.
  static let extremes: [Float] = [
    0, -0.0, 1, -1, 1e-30, -1e-30, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    .leastNormalMagnitude, 88.72, 88.73, -87.33, -87.34, 100, -100, 3e38, -3e38, .infinity,
    -.infinity, .nan,
  ]

  /// Every few elements replaced by one of `extremes`.
  mutating func disturb(_ matrix: Matrix, with extremes: [Float]) {
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns where Int.random(in: 0..<7, using: &self) == 0 {
        matrix[row, column] = extremes.randomElement(using: &self) ?? 0
      }
    }
  }
}
