/// What calibration keeps of a layer's inputs: Σ xᵀx over rotated rows, and a few rows to measure on.
public final class InputStatistics {
  public let columns: Int
  /// Order of the Hadamard matrices that the inputs are rotated by.
  public let block: Int
  /// Inputs as they came, before rotation, at most ``sampleSize``.
  public private(set) var sample: [Matrix] = []
  public private(set) var count = 0
  private let gram: Matrix

  public static let sampleSize = 256

  public init(columns: Int) {
    self.columns = columns
    block = QuantizedWeights.block(inputs: columns)
    gram = Matrix(rows: columns, columns: columns)
  }

  /// - Parameter x: `[rows, columns]`
  public func add(_ x: Matrix) {
    let rotated = Matrix(rows: x.rows, columns: columns)
    for row in 0..<x.rows {
      var values = x[row: row]
      Kernels.rotate(&values, block: block)
      rotated.set(row: row, to: values)
    }
    BLAS.addGram(of: rotated, to: gram)
    let kept = sample.reduce(0) { $0 + $1.rows }
    let rows = min(x.rows, Self.sampleSize - kept)
    if rows > 0 {
      sample.append(Matrix(x[rows: 0..<rows].elements, rows: rows, columns: columns))
    }
    count += x.rows
  }

  /// The rounding that these inputs ask for.
  public func rounder() -> WeightRounder {
    // Inputs that never occur would leave the matrix singular.
    let damping = 0.01
    var values = [Double](repeating: 0, count: columns * columns)
    var trace = 0.0
    for row in 0..<columns {
      for column in row..<columns { values[row * columns + column] = Double(gram[row, column]) }
      trace += values[row * columns + row]
    }
    let added = max(trace / Double(columns) * damping, 1e-12)
    for row in 0..<columns { values[row * columns + row] += added }
    return WeightRounder(inverseFactor: BLAS.inverseFactor(values, size: columns), size: columns)
  }
}
