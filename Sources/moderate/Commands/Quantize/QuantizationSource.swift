import JSON
import Moderation
import ModerationEvaluation
import Platform
import Quantization
import Tensor
import Tokenizers
import Transformer

/// The model that `moderate quantize` prepares, and where its parts go in the copy.
struct QuantizationSource {
  let source: ModelSource
  /// The bundle, or one for a sequence classifier without; nil for an encoder without a moderator.
  let bundle: ModerationBundle?
  let description: ModelDescription
  /// The adapter that is merged into the weights; nil: there is none.
  let adapter: String?

  /// - Parameter adapter: nil: the bundle's
  init(_ source: ModelSource, adapter: String?) throws {
    self.source = source
    self.adapter = adapter ?? source.bundle?.model.adapterPath(in: source.folder)
    if source.bundle?.model.kind == .characterWord {
      throw CommandError.usage(
        "a model of characters and words needs no preparing: run it with --precision int8")
    }
    description = try ModelDescription(contentsOf: source.model)
    let isModerator = source.bundle != nil || description.labels != nil
    bundle = isModerator ? try source.moderatorBundle() : nil
  }

  private var folder: URL { source.folder }
  private var model: URL { source.model }

  /// Where the copy keeps the model, relative to its root.
  private var modelPath: String {
    guard let bundle else { return "." }
    if let path = bundle.model.path, model.path == folder.appending(path: path).standardized.path {
      return path
    }
    return model.standardized == folder.standardized ? "." : "encoder"
  }

  /// Token ids of at most `count` of the texts, spread evenly; made-up ones where there are none.
  func messages(_ texts: [String]?, count: Int) throws -> [TokenSequence] {
    guard let texts else {
      var generator = SeededGenerator(seed: 0)
      let empty = description.input.tokenizer.encode("").ids
      return (0..<count).map { _ in
        let middle = (0..<30).map { _ in
          Int32.random(
            in: 0..<Int32(description.shape.vocabularySize), using: &generator)
        }
        return TokenSequence(empty.prefix(1) + middle + empty.suffix(max(0, empty.count - 1)))
      }
    }
    let step = max(1, texts.count / count)
    let prompt =
      try bundle?.model.prompt ?? description.input.prompt(named: bundle?.model.promptName)
    return stride(from: 0, to: texts.count, by: step).prefix(count).map { index in
      description.input.encode(
        ModelInput(prompt: prompt, text: texts[index]),
        limit: description.input.limit(bundle?.maximumTokens ?? 512)
      ).sequence
    }
  }

  /// Copies everything but the weights, and writes the prepared ones.
  func copy(to target: URL, with prepared: PreparedModel) throws {
    let manager = FileManager.default
    do {
      try manager.createDirectory(at: target, withIntermediateDirectories: true)
      if bundle != nil, modelPath != "." {
        try copyContents(of: folder, to: target, without: model.standardized.path)
      }
      try copyContents(of: model, to: target.appending(path: modelPath), without: nil)
    } catch let error as CocoaError {
      throw CommandError.output("\(target.path): \(error)")
    }
    try prepared.write(to: encoderFolder(in: target).appending(path: "model.safetensors"))
  }

  /// The copy's model.
  func modelFolder(in target: URL) -> URL { target.appending(path: modelPath).standardized }

  func encoderFolder(in target: URL) -> URL {
    let inside = description.encoderFolder.standardized.path.dropFirst(
      model.standardized.path.count)
    let root = target.appending(path: modelPath)
    return inside.isEmpty ? root : root.appending(path: String(inside.drop { $0 == "/" }))
  }

  private func copyContents(of source: URL, to target: URL, without left: String?) throws {
    let manager = FileManager.default
    try manager.createDirectory(at: target, withIntermediateDirectories: true)
    for item in try manager.contentsOfDirectory(atPath: source.path).sorted() {
      let place = source.appending(path: item)
      guard place.standardized.path != left, !item.hasPrefix("."), !isWeights(place) else {
        continue
      }
      var isFolder = false
      guard manager.fileExists(atPath: place.path, isDirectory: &isFolder) else { continue }
      if isFolder {
        // The weights in other formats, and adapters, of which one has been merged.
        if ["onnx", "openvino", "adapters"].contains(item) { continue }
        try copyContents(of: place, to: target.appending(path: item), without: left)
      } else {
        // A cache keeps links; the copy has files.
        try manager.copyItem(
          at: place.resolvingSymlinksInPath(), to: target.appending(path: item))
      }
    }
  }

  /// Whether a file holds the encoder's weights in any format.
  private func isWeights(_ file: URL) -> Bool {
    guard
      file.deletingLastPathComponent().standardized.path
        == description.encoderFolder.standardized.path
    else { return false }
    let name = file.lastPathComponent
    return name.hasSuffix(".safetensors") || name.hasSuffix(".safetensors.index.json")
      || name.hasSuffix(".bin") || name.hasSuffix(".onnx") || name.hasSuffix(".h5")
      || name.hasSuffix(".msgpack")
  }

  /// Writes the bundle with its report, or the report alone beside an encoder.
  func finish(_ target: URL, report: JSONValue) throws {
    guard let bundle = prepared(report) else {
      try FileOutput.write(
        report.indented() + "\n", to: target.appending(path: "quantization.json").path)
      return
    }
    let file = target.appending(path: ModerationBundle.fileName).path
    try FileOutput.write(bundle.encoded(), to: file)
    if self.bundle?.model.isPinned == true {
      let pinned = try ModelSource(contentsOf: target).withDigests(isPinned: true)
      try FileOutput.write(pinned.encoded(), to: file)
    }
  }

  /// The bundle of the copy.
  func prepared(_ report: JSONValue?) -> ModerationBundle? {
    guard var bundle else { return nil }
    bundle.model.path = modelPath
    bundle.model.name = nil
    bundle.model.precisions = [.int8]
    bundle.model.adapter = nil
    bundle.model.files = []
    bundle.model.isPinned = false
    bundle.quantization = report
    return bundle
  }
}
