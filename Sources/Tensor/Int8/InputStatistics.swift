/// The sums that calibration keeps of a layer's inputs, Σ xᵀx and Σ x over rotated rows, and a few rows
/// to measure on.
package final class InputStatistics {
  package let columns: Int
  /// Inputs as they came, before rotation, at most ``sampleSize``.
  package private(set) var sample: [Matrix] = []
  package private(set) var count = 0
  private let gram: Matrix
  private var sums: [Double]

  package static let sampleSize = 256

  package init(columns: Int) {
    self.columns = columns
    gram = Matrix(rows: columns, columns: columns)
    sums = Array(repeating: 0, count: columns)
  }

  /// - Parameter x: `[rows, columns]`
  package func add(_ x: Matrix) {
    let rotated = Matrix(rows: x.rows, columns: columns)
    for row in 0..<x.rows {
      var values = x[row: row]
      Kernels.rotate(&values)
      rotated.set(row: row, to: values)
      for column in 0..<columns { sums[column] += Double(values[column]) }
    }
    OpenBLAS.addGram(of: rotated, to: gram)
    let kept = sample.reduce(0) { $0 + $1.rows }
    let rows = min(x.rows, Self.sampleSize - kept)
    if rows > 0 {
      sample.append(Matrix(x[rows: 0..<rows].elements, rows: rows, columns: columns))
    }
    count += x.rows
  }

  /// A rounder for these inputs. It preserves the differences between outputs of different rows; the
  /// mean of the outputs is preserved by the bias, see ``correction(_:for:)``.
  package func rounder() -> WeightRounder {
    // Inputs that never occur would leave the matrix singular.
    let damping = 0.01
    var values = [Double](repeating: 0, count: columns * columns)
    var trace = 0.0
    for row in 0..<columns {
      for column in row..<columns {
        values[row * columns + column] =
          Double(gram[row, column]) - sums[row] * sums[column] / Double(max(1, count))
      }
      trace += values[row * columns + row]
    }
    let added = max(trace / Double(columns) * damping, 1e-12)
    for row in 0..<columns { values[row * columns + row] += added }
    return WeightRounder(
      inverseFactor: OpenBLAS.inverseFactor(values, size: columns), size: columns)
  }

  /// The mean change of each output by rounding, over the inputs. The bias has to be raised by it.
  ///
  /// - Parameters:
  ///   - integers: the rounded weights
  ///   - rotated: the weights before rounding, see ``QuantizedWeights/rotated(_:)``
  package func correction(_ integers: IntegerWeights, for rotated: Matrix) -> [Float] {
    (0..<rotated.rows).map { output in
      let scale = Double(integers.scales[output])
      let lost = (0..<columns).reduce(0.0) {
        $0 + sums[$1] * (Double(rotated[output, $1]) - scale * Double(integers[output, $1]))
      }
      return Float(lost / Double(max(1, count)))
    }
  }
}
