/// Rounds weights so that the output of the layer changes little, not each weight: the weights of the
/// inputs behind a rounded one make up for its error. (GPTQ, arXiv:2210.17323.)
package struct WeightRounder: Sendable {
  /// U, upper, of `(Σ xᵀx)⁻¹ = Uᵀ U`, `[inputs, inputs]`.
  private let factor: Matrix

  private static let block = 128

  /// - Parameter inverseFactor: nil rounds each weight to its nearest level.
  init(inverseFactor: [Double]?, size: Int) {
    factor = Matrix(rows: size, columns: size)
    for row in 0..<size {
      for column in row..<size {
        factor[row, column] =
          inverseFactor.map { Float($0[row * size + column]) } ?? (row == column ? 1 : 0)
      }
    }
  }

  /// - Parameter rotated: `W H / block`, see ``QuantizedWeights/rotated(_:)``
  package func round(_ rotated: Matrix, bits: Int, on processor: Processor) -> IntegerWeights {
    let (outputs, inputs) = (rotated.rows, rotated.columns)
    var integers = IntegerWeights(outputs: outputs, inputs: inputs, bits: bits)
    let weights = Matrix(rotated.elements, rows: outputs, columns: inputs)
    let errors = Matrix(rows: outputs, columns: Self.block)
    let levels = Matrix(rows: outputs, columns: Self.block)
    for output in 0..<outputs {
      integers.scales[output] = QuantizedWeights.scale(
        rotated, output: output, levels: integers.levels)
    }
    let scales = integers.scales
    let most = Float(integers.levels)
    for start in stride(from: 0, to: inputs, by: Self.block) {
      let columns = start..<min(start + Self.block, inputs)
      processor.eachRows(of: outputs) { rows in
        for output in rows {
          roundBlock(
            weights, output, columns, scale: scales[output], most: most, errors: errors,
            levels: levels)
        }
      }
      for output in 0..<outputs {
        for column in columns {
          integers[output, column] = Int(levels[output, column - start])
        }
      }
      if columns.upperBound < inputs {
        let rest = columns.upperBound..<inputs
        OpenBLAS.subtractProduct(
          errors[columns: 0..<columns.count], factor[rows: columns][columns: rest],
          from: weights[columns: rest])
      }
    }
    integers.limitGroups()
    return integers
  }

  /// One output's weights of a block of inputs, the errors passed on within the block.
  private func roundBlock(
    _ weights: Matrix, _ output: Int, _ columns: Range<Int>, scale: Float, most: Float,
    errors: Matrix, levels: Matrix
  ) {
    defer { withExtendedLifetime((weights, errors, levels, factor)) {} }
    let row = unsafe weights.row(output)
    let error = unsafe errors.row(output)
    let level = unsafe levels.row(output)
    for column in columns {
      let weight = unsafe row[column]
      let nearest = (weight / scale).rounded(.toNearestOrEven)
      let value = scale > 0 && nearest.isFinite ? max(-most, min(most, nearest)) : 0
      let factors = unsafe factor.row(column)
      let difference = unsafe (weight - value * scale) / factors[column]
      unsafe level[column - columns.lowerBound] = value
      unsafe error[column - columns.lowerBound] = difference
      for behind in column + 1..<max(column + 1, columns.upperBound) {
        unsafe row[behind] -= difference * factors[behind]
      }
    }
  }
}
