import JSON
public import Platform
import Safetensors
public import Tensor

/// Two readings of a text, joined: its spelling through convolutions with a global maximum, which sees
/// through disguises, and its words through a bidirectional LSTM with additive attention.
///
/// A folder holds `config.json` (rules of text preparation and the network's shape),
/// `model.safetensors`, and `words.txt` unless it takes ids only.
public struct CharacterWordClassifier: Sendable {
  /// Names of the scores, in order.
  public var labels: [String] { network.configuration.labels }

  private let network: Network
  private let preparation: TextPreparation?
  /// Its threads share out the texts of a call.
  package let processor: Processor
  private let workspaces = WorkspacePool()

  /// - Parameters:
  ///   - folder: with the files above.
  ///   - precision: int8 rounds the weights of the products that hang together when they are loaded:
  ///     words into both recurrences, attention and dense layers. The recurrent step, which goes
  ///     word by word, and the scores stay float32; convolutions have no products.
  ///   - processor: where to run
  public init(
    contentsOf folder: URL, precision: Precision = .float32, processor: Processor = Processor()
  ) throws(RecurrentError) {
    let (configuration, weights, preparation) = try Self.read(folder)
    self.processor = processor
    network = Network(configuration, weights, precision, on: processor.singleThreaded)
    self.preparation = preparation
  }

  /// The parts of a bundle, checked against each other.
  static func read(
    _ folder: URL
  ) throws(RecurrentError) -> (NetworkConfiguration, NetworkWeights, TextPreparation?) {
    let root = try ConfigurationReader(contentsOf: folder.appendingPathComponent("config.json"))
    let format = try root.string("format")
    guard format == "character-word-1" else {
      throw root.invalid("format", "is \"\(format)\", not \"character-word-1\"")
    }
    let configuration = try NetworkConfiguration(root)
    var preparation: TextPreparation?
    if let text = try root.optionalReader("text") {
      let read = try TextPreparation(text, folder: folder)
      try check(read, against: configuration, root)
      preparation = read
    }
    try root.end()
    try configuration.checkLengths(
      root, text: preparation.map { ($0.maximumCharacters, $0.maximumWords) })
    do {
      let checkpoint = try Checkpoint(
        contentsOf: folder.appendingPathComponent("model.safetensors"))
      return (configuration, try NetworkWeights(checkpoint.scope(), configuration), preparation)
    } catch {
      throw .weights(error)
    }
  }

  /// Every id that the preparation can give must be in an embedding.
  private static func check(
    _ text: TextPreparation, against network: NetworkConfiguration, _ root: ConfigurationReader
  ) throws(RecurrentError) {
    guard text.characterCount == network.characterCount else {
      throw root.invalid(
        "text.characters",
        "lists \(text.characterCount - 2) for an embedding of \(network.characterCount)")
    }
    guard text.index.count + 2 == network.wordCount else {
      throw root.invalid(
        "network.words.count",
        "is \(network.wordCount) for a list of \(text.index.count)")
    }
    guard text.subwords?.buckets == network.subwordBuckets else {
      throw root.invalid(
        "network.words.subwordBuckets",
        "differs from text.subwords.buckets")
    }
  }

  /// The ids of a text.
  public func prepare(_ text: String) throws(RecurrentError) -> PreparedText {
    guard let preparation else { throw .noTextPreparation }
    return preparation(text)
  }

  /// Scores of a text, `[labels]`: probabilities, 0…1, independent of each other.
  public func scores(_ text: String) throws(RecurrentError) -> [Float] {
    let prepared = try prepare(text)
    return workspaces.withWorkspace { network.scores(prepared, $0) }
  }

  /// Scores of each text, `[texts][labels]`. A text's scores do not depend on its neighbours.
  public func scores(_ texts: [String]) throws(RecurrentError) -> [[Float]] {
    try processor.map(texts.count) { (index) throws(RecurrentError) in try scores(texts[index]) }
  }

  /// Scores for ids, `[labels]`. Sequences are brought to the configured lengths, if there are any.
  public func scores(of text: PreparedText) throws(RecurrentError) -> [Float] {
    try check(text)
    return workspaces.withWorkspace { network.scores(text, $0) }
  }

  private func check(_ text: PreparedText) throws(RecurrentError) {
    let c = network.configuration
    func check(_ ids: [Int32], _ count: Int, _ input: String) throws(RecurrentError) {
      if let wrong = ids.first(where: { $0 < 0 || Int($0) >= count }) {
        throw .idOutOfRange(input: input, id: Int(wrong), count: count)
      }
    }
    try check(text.characters, c.characterCount, "characters")
    for word in text.words {
      switch word {
      case .listed(let id): try check([id], c.wordCount, "words")
      case .unknown(let buckets): try check(buckets, c.subwordBuckets ?? 0, "subwords")
      }
    }
  }
}
