internal import Platform
internal import Safetensors
internal import Tensor

/// Static embeddings as model2vec distils them: the mean of a text's tokens in a table, without a layer.
/// Their vocabulary may be mapped to fewer rows, each token with a weight.
struct StaticEmbeddings: Family {
  static let modelTypes = ["model2vec"]
  let root = "embeddings"
  private let rows: Int
  private let columns: Int
  /// Tokens, where they are mapped to rows.
  private let mappedTokens: Int?
  private let hasWeights: Bool
  private let isNormalized: Bool
  /// Numbers of a table that is laid out anew, a row for each token: 4 GiB of them.
  private static let largestTable = 1 << 30

  init(_ file: ConfigurationFile) throws(TransformerError) {
    // The configuration names no sizes; the checkpoint's header does.
    let folder = URL(filePath: file.path).deletingLastPathComponent()
    let path: String
    do throws(SafetensorsError) {
      let checkpoint = try Checkpoint(contentsOf: folder)
      let table = try checkpoint.tensor(named: root).shape
      guard table.count == 2 else {
        throw SafetensorsError.shapeMismatch(tensor: root, expected: [0, 0], found: table)
      }
      (rows, columns) = (table[0], table[1])
      mappedTokens =
        checkpoint.contains("mapping") ? try checkpoint.tensor(named: "mapping").count : nil
      hasWeights = checkpoint.contains("weights")
      path = checkpoint.path
    } catch {
      throw .weights(error)
    }
    isNormalized = try file.flag("normalize", default: false)
    let tokens = mappedTokens ?? rows
    let (numbers, overflow) = tokens.multipliedReportingOverflow(by: columns)
    guard columns > 0, !overflow, mappedTokens == nil && !hasWeights || numbers <= Self.largestTable
    else {
      throw .inconsistent(
        file: path, reason: "embeddings of \(tokens) tokens with \(columns) numbers each")
    }
  }

  /// The reference reads 512 tokens of a text.
  var shape: EncoderShape {
    EncoderShape(
      vocabularySize: mappedTokens ?? rows, hiddenSize: columns, layerCount: 0, headCount: 0,
      intermediateSize: 0, maximumTokens: 512, readsWordsOnly: true)
  }

  var modules: [SentenceTransformerConfiguration.Module]? {
    [.pooling(Pooling(modes: [.mean], includesPrompt: true))] + (isNormalized ? [.normalize] : [])
  }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    guard mappedTokens != nil || hasWeights else {
      let words = try weights.words(root, rows: rows, columns: columns)
      return EncoderParts(embeddings: Embeddings(words: words), layers: [])
    }
    let table = try weights.matrix(root, rows: rows, columns: columns)
    let count = shape.vocabularySize
    let places = try mapping(weights) ?? Array(0..<rows)
    let factors =
      hasWeights ? try weights.matrix("weights", shape: [count], rows: 1, columns: count) : nil
    let words = Matrix(rows: count, columns: columns)
    for (token, row) in places.enumerated() {
      words.set(row: token, from: table, row: row)
      if let factors { words.mapRow(token) { $0 * factors[0, token] } }
    }
    return EncoderParts(
      embeddings: Embeddings(words: WordTable(words, path: weights.tensors.path(root))), layers: [])
  }

  /// The row of each token.
  private func mapping(_ weights: WeightScope) throws(TransformerError) -> [Int]? {
    guard let mappedTokens else { return nil }
    let places = try weights.integers("mapping", count: mappedTokens)
    if let place = places.first(where: { $0 < 0 || $0 >= rows }) {
      throw .inconsistent(
        file: weights.tensors.checkpoint.path, reason: "mapping has row \(place) of \(rows)")
    }
    return places
  }

  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    // The classifiers of model2vec are scikit-learn's, on the embedding.
    throw .weights(.missing(tensor: "classifier.weight", file: weights.tensors.checkpoint.path))
  }
}
