internal import Tensor

/// The sum of word, position and token-type embeddings, and what is done to it before the first layer.
package struct Embeddings: Sendable {
  package let words: WordTable
  /// What word embeddings are multiplied by; nil: they stay.
  var wordScale: Float?
  /// nil where places do not enter into the embeddings.
  var positions: PositionTable?
  /// `[types, embedding size]`
  var types: Matrix?
  /// The norm of the sum.
  var norm: Norm?
  /// Where embeddings are narrower than the hidden states.
  var projection: DenseWeights?
  /// The norm of the projected sum.
  var projectedNorm: Norm?

  /// Fills `hidden`, `[tokens of all messages, hidden size]`. Ids and lengths have been checked.
  func callAsFunction(_ batch: Batch, into hidden: Matrix, _ pass: ForwardPass) {
    pass.workspace.scope {
      let sums =
        projection == nil
        ? hidden : pass.workspace.matrix(rows: hidden.rows, columns: words.columns)
      sum(batch, into: sums, pass.processor)
      norm?(sums, into: sums, on: pass.processor)
      if let projection { pass.processor.dense(sums, projection, into: hidden) }
      projectedNorm?(hidden, into: hidden, on: pass.processor)
    }
  }

  private func sum(_ batch: Batch, into sums: Matrix, _ processor: Processor) {
    let places = positions?.rows(of: batch)
    processor.eachRows(of: sums.rows) { range in
      for row in range {
        words.copy(Int(batch.ids[row]), into: sums, row: row)
        let sum = sums[rows: row..<row + 1]
        if let wordScale { sums.mapRow(row) { $0 * wordScale } }
        if let types {
          let type = Int(batch.typeIDs?[row] ?? 0)
          processor.kernels.add(types[rows: type..<type + 1], to: sum)
        }
        if let positions, let places {
          let place = places[row]
          processor.kernels.add(positions.table[rows: place..<place + 1], to: sum)
        }
      }
    }
  }
}

/// A table of position embeddings, and the row that a token takes.
struct PositionTable: Sendable {
  enum Start: Sendable {
    /// The first token of a message takes the first row.
    case zero
    /// Rows are counted from the one behind the padding token's, over the tokens that are not that id;
    /// those that are take its own row. So RoBERTa does it.
    case behindPadding(Int32)
  }

  /// `[positions, embedding size]`
  let table: Matrix
  let start: Start

  /// The rows for the tokens of all messages.
  func rows(of batch: Batch) -> [Int] {
    batch.messages.flatMap { message -> [Int] in
      guard case .behindPadding(let padding) = start else { return Array(0..<message.count) }
      var position = Int(padding)
      return batch.ids[message].map { id in
        guard id != padding else { return Int(padding) }
        position += 1
        return position
      }
    }
  }
}
