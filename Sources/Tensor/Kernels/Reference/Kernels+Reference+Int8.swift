/// The int8 kernels in plain Swift, which the vectorised ones are held to.
extension Kernels {
  /// The product of a row with the rotation H of ``QuantizedWeights``.
  static func rotate(_ row: inout [Float]) {
    for index in row.indices where isNegative(index) { row[index].negate() }
    let block = QuantizedWeights.block(inputs: row.count)
    var distance = 1
    while distance < block {
      for index in row.indices where index & distance == 0 {
        (row[index], row[index + distance]) = (
          row[index] + row[index + distance], row[index] - row[index + distance]
        )
      }
      distance *= 2
    }
    let count = row.count / block
    guard count > 1 else { return }
    for place in 0..<block {
      let places = stride(from: place, to: row.count, by: block)
      let mixed = places.reduce(0) { $0 + row[$1] } * (2 / Float(count))
      for other in places { row[other] -= mixed }
    }
  }

  /// The sign of a channel: a bent function of its number, (−1)^(b₀b₁ + b₂b₃ + …), whose Hadamard
  /// transform is flat.
  static func isNegative(_ channel: Int) -> Bool {
    (channel & channel >> 1 & 0x5555_5555).nonzeroBitCount % 2 == 1
  }

  func swiftQuantize(_ x: Matrix, into result: QuantizedRows, first: Int) {
    let levels: Float = result.digits == 1 ? 127 : 127 * 128
    for row in 0..<x.rows {
      var values = x[row: row]
      Self.rotate(&values)
      let isFinite = values.allSatisfy(\.isFinite)
      let most = values.reduce(0) { max($0, abs($1)) }
      let isEmpty = !isFinite || most < 1e-30
      result[scaleOf: first + row] = !isFinite ? .nan : isEmpty ? 0 : most / levels
      let inverse = isEmpty ? 0 : levels / most
      for column in values.indices {
        result[first + row, column] =
          isEmpty ? 0 : Int((values[column] * inverse).rounded(.toNearestOrEven))
      }
    }
  }

  func swiftDense(
    _ x: QuantizedRows, rows: Range<Int>, _ weights: QuantizedWeights, columns: Range<Int>,
    activation: Activation, residual: Matrix?, into y: Matrix
  ) {
    for (row, source) in rows.enumerated() {
      for (column, output) in columns.enumerated() {
        var value: Float = 0
        for digit in 0..<x.digits {
          var sum = 0
          for input in 0..<weights.inputs {
            sum += x.digit(digit, source, input) * weights[output, input]
          }
          value = digit == 0 ? Float(sum) : Float(sum).addingProduct(value, 128)
        }
        y[row, column] = weights.bias[0, output].addingProduct(
          value * weights.scales[0, output], x[scaleOf: source])
      }
    }
    activate(y, activation)
    if let residual { add(residual, to: y) }
  }
}
