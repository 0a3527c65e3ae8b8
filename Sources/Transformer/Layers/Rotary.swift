internal import RealModule
internal import Synchronization
internal import Tensor

/// Rotary positions (arXiv:2104.09864): pairs of a head's elements are turned by angles that grow with
/// the token's place, so that products of queries and keys depend on their distance.
///
/// Elements i and i + n of the first 2 n are a pair, as in transformers' `rotate_half`; the rest of the
/// head stays.
final class Rotary: Sendable {
  /// Radians for each place, one for each pair.
  private let frequencies: [Float]
  /// `[places, 2 · pairs]`: the cosines of a place, then its sines. Grows with the longest message.
  private let table: Mutex<Matrix>

  init(frequencies: [Float]) {
    self.frequencies = frequencies
    table = Mutex(Matrix(rows: 0, columns: 2 * frequencies.count))
  }

  /// The usual frequencies `base^(−2 i / size)` in float32.
  convenience init(size: Int, base: Float) {
    self.init(
      frequencies: (0..<size / 2).map { 1 / Float.pow(base, Float(2 * $0) / Float(size)) })
  }

  /// Turns every head of `x`, `[rows, heads · head size]`, by the place of its row.
  func callAsFunction(_ x: Matrix, headSize: Int, places: [Int], on processor: Processor) {
    let table = table(places: (places.max() ?? 0) + 1)
    let pairs = frequencies.count
    processor.eachRows(of: x.rows) { rows in
      for row in rows {
        let angles = table[row: places[row]]
        x.withMutableRow(row) { values in
          for head in stride(from: 0, to: values.count, by: headSize) {
            for pair in 0..<pairs {
              let (cosine, sine) = (angles[pair], angles[pairs + pair])
              let (first, second) = (values[head + pair], values[head + pairs + pair])
              values[head + pair] = first * cosine - second * sine
              values[head + pairs + pair] = second * cosine + first * sine
            }
          }
        }
      }
    }
  }

  private func table(places count: Int) -> Matrix {
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
