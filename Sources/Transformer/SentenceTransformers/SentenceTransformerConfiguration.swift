internal import JSON
internal import Tensor

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// What the files of sentence-transformers say beside a model: `modules.json` and what it names,
/// `sentence_bert_config.json`, `config_sentence_transformers.json`.
struct SentenceTransformerConfiguration: Sendable {
  /// What follows the encoder, in order.
  enum Module: Sendable {
    case pooling(Pooling)
    case dense(DenseModule)
    case normalize
  }

  /// The folder of the encoder.
  let encoder: URL
  let modules: [Module]
  let maximumTokens: Int?
  let lowercases: Bool
  let prompts: [String: String]
  let defaultPrompt: String?

  init(_ folder: URL, _ kernels: Kernels) throws(TransformerError) {
    var encoder = folder
    var modules: [Module] = []
    if let file = try ConfigurationFile.ifPresent(folder.appending(path: "modules.json")) {
      let entries = try file.read { json throws(JSONError) in
        var entries: [(type: String, path: String)] = []
        for entry in try json.array() {
          entries.append((try entry.string("type"), try entry.optionalString("path") ?? ""))
        }
        return entries
      }
      for (index, entry) in entries.enumerated() {
        let place = entry.path.isEmpty ? folder : folder.appending(path: entry.path)
        switch entry.type.split(separator: ".").last {
        case "Transformer" where index == 0: encoder = place
        case "Pooling":
          modules.append(
            .pooling(try Pooling(ConfigurationFile(place.appending(path: "config.json")))))
        case "Dense": modules.append(.dense(try DenseModule(place, kernels)))
        case "Normalize": modules.append(.normalize)
        default: throw file.unsupported("type", entry.type)
        }
      }
      guard case .pooling? = modules.first else {
        throw .inconsistent(file: file.path, reason: "no Pooling follows the Transformer")
      }
    } else {
      // What sentence-transformers does with a bare encoder.
      modules = [.pooling(.mean)]
    }
    self.encoder = encoder
    self.modules = modules

    if let file = try ConfigurationFile.ifPresent(
      encoder.appending(path: "sentence_bert_config.json"))
    {
      let read = try file.read { json throws(JSONError) in
        (try json.optionalInt("max_seq_length"), try json.optionalBool("do_lower_case") ?? false)
      }
      if let length = read.0, length < 1 { throw file.unsupported("max_seq_length", "\(length)") }
      (maximumTokens, lowercases) = read
    } else {
      (maximumTokens, lowercases) = (nil, false)
    }

    if let file = try ConfigurationFile.ifPresent(
      folder.appending(path: "config_sentence_transformers.json"))
    {
      let read = try file.read { json throws(JSONError) in
        var prompts: [String: String] = [:]
        for (name, text) in try json.optionalObject("prompts") ?? JSONObject() {
          if case .string(let text) = text { prompts[name] = text }
        }
        return (prompts, try json.optionalString("default_prompt_name"))
      }
      (prompts, defaultPrompt) = read
      if let defaultPrompt, prompts[defaultPrompt] == nil {
        throw file.unsupported("default_prompt_name", defaultPrompt)
      }
    } else {
      (prompts, defaultPrompt) = ([:], nil)
    }
  }

  /// The one token whose state the modules look at, of so many, where there is only one.
  func onlyToken(skipping prompt: Int) -> ((_ count: Int) -> Int)? {
    let poolings = modules.compactMap {
      if case .pooling(let pooling) = $0 { pooling } else { nil }
    }
    return poolings.count == 1 ? poolings[0].onlyToken(skipping: prompt) : nil
  }
}
