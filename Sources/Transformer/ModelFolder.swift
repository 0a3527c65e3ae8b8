internal import Safetensors
internal import Tensor

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The files of a Hugging Face model.
struct ModelFolder {
  let url: URL
  let file: ConfigurationFile
  private(set) var configuration: EncoderConfiguration
  let checkpoint: Checkpoint
  let scope: CheckpointScope

  /// - Parameter precision: nil: int8 if the weights are prepared for it, else float32
  init(_ url: URL, precision: Precision? = nil) throws(TransformerError) {
    self.url = url
    file = try ConfigurationFile(url.appending(path: "config.json"))
    configuration = try EncoderConfiguration(file)
    do { checkpoint = try Checkpoint(contentsOf: url) } catch { throw .weights(error) }
    scope = checkpoint.scope()
    let isPrepared = checkpoint.names.contains { $0.hasSuffix("." + PreparedLayer.layout) }
    if isPrepared, precision == .float32 { throw .preparedForInt8(file: checkpoint.path) }
    configuration.precision = precision ?? (isPrepared ? .int8 : .float32)
  }

  /// The encoder's part of the checkpoint: files come with the name of their architecture in front
  /// of it, or without.
  func encoderScope() throws(TransformerError) -> CheckpointScope {
    let marker = "embeddings.word_embeddings.weight"
    for prefix in ["", "bert", "roberta", "mpnet", "deberta", "model"]
    where scope[prefix].contains(marker) { return scope[prefix] }
    do {
      _ = try checkpoint.tensor(named: marker)
      return scope
    } catch { throw .weights(error) }
  }

  /// An error that names the weights of the encoder that no layer has taken. Other parts of a
  /// checkpoint, such as the head of its pre-training, are not its concern.
  func requireAllConsumed() throws(TransformerError) {
    let scope = try encoderScope()
    do {
      try scope.requireAllConsumed { name in
        let name = name.dropFirst(scope.prefix.count)
        let isEncoder = name.hasPrefix("embeddings.") || name.hasPrefix("encoder.")
        return !isEncoder || name.contains("position_ids")
          || name.hasPrefix("embeddings.position_embeddings.")
      }
    } catch { throw .weights(error) }
  }
}
