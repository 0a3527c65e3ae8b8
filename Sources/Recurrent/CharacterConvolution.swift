import Tensor

/// A convolution over the spelling, followed by the maximum over the text.
///
/// A convolution of embeddings is linear in each character: character `c` at tap `t` of the window adds
/// embedding · kernelₜ, which is one row of a table made at load. So a window is a sum of `width` rows
/// and needs no products.
struct CharacterConvolution: Sendable {
  private let shape: NetworkConfiguration.Convolution
  private let bias: [Float]
  /// `[characters, width, blocks]`, filters padded with zeros to whole vectors.
  private let table: [Vector]
  /// Vectors for all filters.
  private let blocks: Int

  private typealias Vector = SIMD16<Float>

  init(
    _ shape: NetworkConfiguration.Convolution, _ layer: NetworkWeights.Layer, embedding: Matrix,
    _ kernels: Kernels
  ) {
    self.shape = shape
    bias = layer.bias
    let (width, filters) = (shape.width, shape.filters)
    blocks = (filters + Vector.scalarCount - 1) / Vector.scalarCount
    let kernel = Matrix(layer.kernel, rows: width * filters, columns: embedding.columns)
    let products = Matrix(rows: embedding.rows, columns: width * filters)
    kernels.dense(
      embedding, DenseWeights(weights: kernel, bias: nil, kernels: kernels), into: products)
    var table = [Vector](repeating: .zero, count: embedding.rows * width * blocks)
    for character in 0..<embedding.rows {
      let row = products[row: character]
      for tap in 0..<width {
        for filter in 0..<filters {
          let place = (character * width + tap) * blocks + filter / Vector.scalarCount
          table[place][filter % Vector.scalarCount] = row[tap * filters + filter]
        }
      }
    }
    self.table = table
  }

  /// The largest value of each filter over all windows of `ids`, in `features`, `[1, filters]`.
  ///
  /// Sums in the order of the taps. Ids are in range. With a mask, windows whose own character is 0
  /// do not count; when no window counts a feature is 0.
  func pool(_ ids: [Int32], isMasked: Bool, into features: Matrix) {
    precondition(features.columns == shape.filters)
    features.withMutableRow(0) { features in
      for block in 0..<blocks {
        let largest = largest(in: ids.span, table.span, block, isMasked)
        let first = block * Vector.scalarCount
        for lane in 0..<min(Vector.scalarCount, shape.filters - first) {
          let value = largest[lane]
          // Every window has the same bias, and no activation here falls anywhere. So both are applied
          // to the maximum alone.
          features[first + lane] =
            value == -.infinity ? 0 : shape.activation(value + bias[first + lane])
        }
      }
    }
  }

  private func largest(
    in ids: Span<Int32>, _ table: Span<Vector>, _ block: Int, _ isMasked: Bool
  ) -> Vector {
    let (width, blocks, before) = (shape.width, blocks, shape.before)
    var largest = Vector(repeating: -.infinity)
    for start in shape.starts(count: ids.count) {
      if isMasked, ids[start + before] == 0 { continue }
      var sum = Vector.zero
      for index in max(start, 0)..<max(min(start + width, ids.count), max(start, 0)) {
        let row = Int(ids[index]) * width + index - start
        sum += table[row * blocks + block]
      }
      largest.replace(with: sum, where: sum .> largest)
    }
    return largest
  }
}
