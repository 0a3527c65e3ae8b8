internal import JSON
internal import Platform
internal import Safetensors
internal import Tensor

/// A folder that PEFT has written: `adapter_config.json` and the weights of an adapter.
struct AdapterFolder {
  private let url: URL

  /// Finds the adapter that a text names: the path of its folder, or its name below `adapters` of the
  /// model's folder.
  init(named name: String, of model: URL) throws(TransformerError) {
    let below = model.appending(path: "adapters").appending(path: name)
    let candidates = [URL(filePath: name, directoryHint: .isDirectory), below]
    guard let url = candidates.first(where: Self.isOne) else {
      let known = Self.names(of: model)
      throw .unreadable(
        file: below.path,
        reason: "no adapter \"\(name)\""
          + (known.isEmpty ? "" : "; the model has \(known.joined(separator: ", "))"))
    }
    self.url = url
  }

  private static func isOne(_ folder: URL) -> Bool {
    FileContent.exists(folder.appending(path: "adapter_config.json"))
  }

  /// The adapters that a model's folder has, by name.
  private static func names(of model: URL) -> [String] {
    let folder = model.appending(path: "adapters")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { isOne(folder.appending(path: $0)) }.sorted()
  }

  /// The weights of a model with an adapter merged into them.
  ///
  /// - Parameters:
  ///   - name: nil: no adapter
  ///   - isRequired: whether the model is of no use without one
  static func adapted(
    _ base: Checkpoint, by name: String?, of model: URL, isPrepared: Bool, isRequired: Bool,
    _ processor: Processor
  ) throws(TransformerError) -> Checkpoint {
    // A prepared model has been made with the adapter that it needs.
    guard let name else {
      guard isRequired, !isPrepared else { return base }
      let names = names(of: model).joined(separator: ", ")
      throw .needsAdapter(folder: model.path, known: names)
    }
    guard !isPrepared else {
      throw .inconsistent(
        file: base.path, reason: "holds int8 weights, into which no adapter can be merged")
    }
    return try LoRA(AdapterFolder(named: name, of: model)).merged(into: base, processor)
  }

  func configuration() throws(TransformerError) -> ConfigurationFile {
    try ConfigurationFile(url.appending(path: "adapter_config.json"))
  }

  /// The weights, by their names without PEFT's prefix.
  func tensors() throws(TransformerError) -> [StoredTensor] {
    let prefix = "base_model.model."
    do {
      let names = ["adapter_model.safetensors", "adapter_model.bin"]
      let files = names.map { url.appending(path: $0) }
      let file = files.first(where: FileContent.exists) ?? files[0]
      let checkpoint = try Checkpoint(contentsOf: file)
      var tensors: [StoredTensor] = []
      for name in checkpoint.names {
        guard name.hasPrefix(prefix) else {
          throw TransformerError.inconsistent(
            file: file.path, reason: "\(name) does not start with \(prefix)")
        }
        tensors.append(
          try checkpoint.tensor(named: name).renamed(String(name.dropFirst(prefix.count))))
      }
      return tensors
    } catch let error as SafetensorsError {
      throw .weights(error)
    } catch let error as TransformerError {
      throw error
    } catch {
      throw .unreadable(file: url.path, reason: "\(error)")
    }
  }
}
