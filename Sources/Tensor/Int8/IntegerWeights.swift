/// Weights as integers, before they are packed.
package struct IntegerWeights: Sendable {
  package let outputs: Int
  package let inputs: Int
  package let bits: Int
  package var scales: [Float]
  private var values: [Int8]

  package init(outputs: Int, inputs: Int, bits: Int) {
    precondition((7...8).contains(bits))
    self.outputs = outputs
    self.inputs = inputs
    self.bits = bits
    scales = Array(repeating: 0, count: outputs)
    values = Array(repeating: 0, count: outputs * inputs)
  }

  /// The greatest magnitude.
  package var levels: Int { bits == 7 ? 63 : 127 }

  package subscript(output: Int, input: Int) -> Int {
    get { Int(values[output * inputs + input]) }
    set { values[output * inputs + input] = Int8(newValue) }
  }

  /// The nearest level; 0 where the scale is 0 or the weight is not a number.
  package func rounded(_ weight: Float, scale: Float) -> Int {
    let level = (weight / scale).rounded(.toNearestOrEven)
    guard scale > 0, level.isFinite else { return 0 }
    return Int(max(-Float(levels), min(Float(levels), level)))
  }

  /// Takes the groups of 8 that AVX2 adds in int16 back to their limit, from the largest weight
  /// down. Of weights that spread like a normal distribution one group in some ten thousand is
  /// touched.
  package mutating func limitGroups() {
    guard bits == 7 else { return }
    let groups = Self.groups(inputs: inputs)
    for output in 0..<outputs {
      for group in groups {
        var sum = group.reduce(0) { $0 + abs(self[output, $1]) }
        while sum > QuantizedWeights.narrowLimit,
          let largest = group.max(by: { abs(self[output, $0]) < abs(self[output, $1]) })
        {
          self[output, largest] -= self[output, largest].signum()
          sum -= 1
        }
      }
    }
  }

  /// The inputs that AVX2 adds in int16: two neighbours of each of four lines.
  static func groups(inputs: Int) -> [[Int]] {
    var groups: [[Int]] = []
    for start in stride(from: 0, to: inputs, by: 16) {
      for lane in [start, start + 2] {
        groups.append([0, 1, 4, 5, 8, 9, 12, 13].map { lane + $0 }.filter { $0 < inputs })
      }
    }
    return groups
  }
}
