internal import RealModule
internal import Synchronization
internal import Tensor

/// Rotary positions (arXiv:2104.09864): pairs of a head's elements are turned by angles that grow with
/// the token's place, so that products of queries and keys depend on their distance.
///
/// Elements i and i + half of a head are a pair, as in transformers' `rotate_half`.
final class Rotary: Sendable {
  /// Radians for each place, one for each pair of a head.
  private let frequencies: [Float]
  /// `[places, 2 · pairs]`: the cosines of a place, then its sines. Grows with the longest message.
  private let table: Mutex<Matrix>

  init(frequencies: [Float]) {
    self.frequencies = frequencies
    table = Mutex(Matrix(rows: 0, columns: 2 * frequencies.count))
  }

  /// The usual frequencies `base^(−2 i / size)` in float32, for heads of an even size.
  ///
  /// - Parameter factor: what places are divided by, as `linear` scaling does it
  convenience init(size: Int, base: Float, factor: Float = 1) {
    self.init(
      frequencies: (0..<size / 2).map {
        1 / Float.pow(base, Float(2 * $0) / Float(size)) / factor
      })
  }

  /// Turns every head of some rows, on this thread.
  ///
  /// - Parameters:
  ///   - x: `[places, heads · head size]`
  ///   - angles: ``angles(places:)`` for at least as many places as the last of `places`
  func callAsFunction(_ x: Matrix, places: Range<Int>, angles: Matrix, _ kernels: Kernels) {
    let pairs = frequencies.count
    let angles = angles[rows: places]
    kernels.rotatePairs(
      x, heads: x.columns / (2 * pairs), cosines: angles[columns: 0..<pairs],
      sines: angles[columns: pairs..<2 * pairs])
  }

  /// The cosines and sines of the first places, `[at least so many, 2 · pairs]`.
  func angles(places count: Int) -> Matrix {
    table.withLock { table in
      if table.rows >= count { return table }
      let larger = Matrix(rows: max(count, 2 * table.rows), columns: table.columns)
      for place in 0..<larger.rows {
        let angles = frequencies.map { Float(place) * $0 }
        larger.set(row: place, to: angles.map { Float.cos($0) } + angles.map { Float.sin($0) })
      }
      table = larger
      return larger
    }
  }
}
