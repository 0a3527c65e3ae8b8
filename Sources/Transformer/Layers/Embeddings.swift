internal import Safetensors
internal import Tensor

/// The sum of word, position and token-type embeddings, normalised.
struct Embeddings: Sendable {
  let words: WordTable
  let positions: Matrix?
  let types: Matrix?
  /// DeBERTa's, where embeddings are narrower than the hidden states.
  let projection: DenseWeights?
  let norm: LayerNorm
  let family: EncoderConfiguration.Family
  let paddingID: Int32

  init(
    _ scope: CheckpointScope, _ configuration: EncoderConfiguration, _ kernels: Kernels
  ) throws(TransformerError) {
    var size = configuration.hiddenSize
    var hasPositions = true
    if case .disentangled(let attention) = configuration.relative {
      size = attention.embeddingSize
      hasPositions = attention.hasAbsolutePositions
    }
    words = try WordTable(
      scope, "word_embeddings.weight", rows: configuration.vocabularySize, columns: size)
    positions =
      hasPositions
      ? try scope.matrix(
        "position_embeddings.weight", rows: configuration.maximumPositions, columns: size) : nil
    types =
      configuration.typeCount > 0
      ? try scope.matrix(
        "token_type_embeddings.weight", rows: configuration.typeCount, columns: size) : nil
    projection =
      size != configuration.hiddenSize
      ? try scope["embed_proj"].dense(
        inputs: size, outputs: configuration.hiddenSize, hasBias: false, kernels: kernels) : nil
    norm = try LayerNorm(
      scope["LayerNorm"], size: configuration.hiddenSize, epsilon: configuration.normEpsilon)
    family = configuration.family
    paddingID = configuration.paddingID
  }

  /// Fills `hidden`, `[tokens of all messages, hidden size]`. Ids and lengths have been checked.
  func callAsFunction(
    _ batch: Batch, into hidden: Matrix, scratch: (_ columns: Int) -> Matrix,
    on processor: Processor
  ) {
    let sums = projection == nil ? hidden : scratch(words.columns)
    processor.eachRows(of: batch.tokenCount) { range in
      for row in range {
        words.copy(Int(batch.ids[row]), into: sums, row: row)
        let sum = sums[rows: row..<row + 1]
        if let types {
          let type = Int(batch.typeIDs?[row] ?? 0)
          processor.kernels.add(types[rows: type..<type + 1], to: sum)
        }
        if let positions {
          let position = batch.positions[row]
          processor.kernels.add(positions[rows: position..<position + 1], to: sum)
        }
      }
    }
    if let projection { processor.dense(sums, projection, into: hidden) }
    norm(hidden, into: hidden, on: processor)
  }
}
