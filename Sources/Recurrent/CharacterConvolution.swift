import Tensor

/// A convolution over the spelling, followed by the maximum over the text.
///
/// A convolution of embeddings is linear in each character: what character `c` adds at tap `t` of the
/// window is one row of a table, embedding · kernelₜ, made at load. A window is then a sum of `width`
/// rows, with no products left.
struct CharacterConvolution: Sendable {
  private let shape: NetworkConfiguration.Convolution
  private let bias: [Float]
  /// `[characters, width, stride]`, filters padded with zeros to whole vectors.
  private let table: [Float]
  private let stride: Int

  private typealias Vector = SIMD16<Float>

  init(
    _ shape: NetworkConfiguration.Convolution, _ layer: NetworkWeights.Layer, embedding: Matrix,
    _ kernels: Kernels
  ) {
    self.shape = shape
    bias = layer.bias
    let (width, filters) = (shape.width, shape.filters)
    let stride = (filters + Vector.scalarCount - 1) / Vector.scalarCount * Vector.scalarCount
    self.stride = stride
    let kernel = Matrix(layer.kernel, rows: width * filters, columns: embedding.columns)
    let products = Matrix(rows: embedding.rows, columns: width * filters)
    kernels.dense(embedding, DenseWeights(weights: kernel, bias: nil), into: products)
    var table = [Float](repeating: 0, count: embedding.rows * width * stride)
    for character in 0..<embedding.rows {
      let row = products[row: character]
      for tap in 0..<width {
        let place = (character * width + tap) * stride
        table.replaceSubrange(
          place..<(place + filters), with: row[(tap * filters)..<((tap + 1) * filters)])
      }
    }
    self.table = table
  }

  /// The largest value of each filter over all windows of `ids`, in `features`, `[filters]`.
  ///
  /// Sums in the order of the taps. Ids are in range. With a mask, windows whose own character is 0
  /// do not count; when no window counts a feature is 0.
  func pool(
    _ ids: UnsafeBufferPointer<Int32>, isMasked: Bool,
    into features: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(features.count == shape.filters)
    unsafe table.withUnsafeBufferPointer { table in
      for block in Swift.stride(from: 0, to: stride, by: Vector.scalarCount) {
        let largest = unsafe largest(in: ids, table, block, isMasked)
        for lane in 0..<min(Vector.scalarCount, shape.filters - block) {
          let value = largest[lane]
          // The bias is the same for all windows and every function here rises: both can wait.
          unsafe features[block + lane] =
            value == -.infinity ? 0 : shape.activation(value + bias[block + lane])
        }
      }
    }
  }

  private func largest(
    in ids: UnsafeBufferPointer<Int32>, _ table: UnsafeBufferPointer<Float>, _ block: Int,
    _ isMasked: Bool
  ) -> Vector {
    let (width, stride, before) = (shape.width, stride, shape.before)
    var largest = Vector(repeating: -.infinity)
    let rows = UnsafeRawBufferPointer(table)
    for start in shape.starts(count: ids.count) {
      if isMasked, unsafe ids[start + before] == 0 { continue }
      var sum = Vector.zero
      for index in max(start, 0)..<max(min(start + width, ids.count), max(start, 0)) {
        let row = unsafe Int(ids[index]) * width + index - start
        sum += unsafe rows.loadUnaligned(
          fromByteOffset: (row * stride + block) * MemoryLayout<Float>.stride, as: Vector.self)
      }
      largest.replace(with: sum, where: sum .> largest)
    }
    return largest
  }
}
