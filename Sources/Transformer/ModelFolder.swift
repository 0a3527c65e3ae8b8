package import Platform
package import Safetensors
package import Tensor

/// The files of a Hugging Face model.
package struct ModelFolder {
  let file: ConfigurationFile
  let family: any Family
  package let checkpoint: Checkpoint
  /// The whole checkpoint.
  let weights: WeightScope
  /// The encoder's part of it.
  let encoderWeights: WeightScope

  /// - Parameters:
  ///   - adapter: the path of an adapter's folder, or the name of one below `adapters`
  ///   - precision: nil: int8 if the weights are prepared for it, else float32
  package init(
    _ url: URL, adapter: String? = nil, precision: Precision? = nil,
    processor: Processor = Processor()
  ) throws(TransformerError) {
    file = try ConfigurationFile(url.appending(path: "config.json"))
    family = try file.family()
    let base: Checkpoint
    do { base = try Checkpoint(contentsOf: url) } catch { throw .weights(error) }
    let isPrepared = base.names.contains { $0.hasSuffix("." + PreparedLayer.layout) }
    if isPrepared, precision == .float32 { throw .preparedForInt8(file: base.path) }
    checkpoint = try AdapterFolder.adapted(
      base, by: adapter, of: url, isPrepared: isPrepared, isRequired: family.needsAdapter,
      processor)
    weights = WeightScope(
      checkpoint.scope(), precision: precision ?? (isPrepared ? .int8 : .float32),
      processor: processor)
    guard let encoder = checkpoint.scope(locating: family.root) else {
      throw .weights(.missing(tensor: family.root, file: checkpoint.path))
    }
    encoderWeights = weights[encoder.prefix]
  }

  func head(labels: Int) throws(TransformerError) -> ClassificationHead {
    try family.head(weights, encoder: encoderWeights, labels: labels)
  }

  /// An error that names the weights of the encoder that no layer has taken: those that stand beside
  /// some that were. Other parts of a checkpoint, such as the head of its pre-training, are not its
  /// concern.
  func requireAllConsumed() throws(TransformerError) {
    let scope = encoderWeights.tensors
    let unread = Set(scope.unconsumed)
    func part(_ name: String) -> Substring {
      name.dropFirst(scope.prefix.count).prefix { $0 != "." }
    }
    let parts = Set(
      checkpoint.names.filter { $0.hasPrefix(scope.prefix) && !unread.contains($0) }.map(part))
    do {
      try scope.requireAllConsumed { !parts.contains(part($0)) }
    } catch { throw .weights(error) }
  }
}
