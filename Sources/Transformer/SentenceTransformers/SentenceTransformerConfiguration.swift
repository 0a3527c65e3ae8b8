internal import JSON
internal import Platform

/// The files that sentence-transformers 5.7 writes beside a model: `modules.json` and what it names,
/// `sentence_bert_config.json`, `config_sentence_transformers.json`.
struct SentenceTransformerConfiguration: Sendable {
  /// A step behind the encoder; the weights of a step are in its folder.
  enum Module: Sendable {
    case pooling(Pooling)
    case dense(folder: URL)
    case layerNorm(folder: URL)
    case normalize
  }

  /// The folder of the encoder.
  let encoder: URL
  /// The steps behind the encoder, in order.
  private(set) var modules: [Module] = []
  /// `max_seq_length`; nil where it is not given.
  private(set) var maximumTokens: Int?
  /// Whether texts are put in lower case before they are tokenised.
  private(set) var lowercases = false
  /// The texts that may stand in front of a text, by name. The names `query` and `document` always
  /// exist; a model that does not list them has nothing to put there.
  private(set) var prompts = ["query": "", "document": ""]
  /// The prompt that is used where none is named.
  private(set) var defaultPrompt: String?
  /// How many elements of a vector are kept; nil for all.
  private(set) var dimension: Int?

  /// Modules of a model. Published ones have five.
  static let mostModules = 64

  init(_ folder: URL) throws(TransformerError) {
    guard let file = try ConfigurationFile.ifPresent(folder.appending(path: "modules.json")) else {
      // A bare encoder. sentence-transformers then reads no other file of its own.
      encoder = folder
      modules = try Self.modules(ofEncoder: folder)
      return
    }
    let entries = try file.read { json throws(JSONError) in
      var entries: [(type: String, path: String)] = []
      for entry in try json.array() {
        entries.append((try entry.string("type"), try entry.optionalString("path") ?? ""))
      }
      return entries
    }
    guard entries.count <= Self.mostModules else {
      throw .inconsistent(
        file: file.path,
        reason: "names \(entries.count) modules; at most \(Self.mostModules) are read")
    }
    func place(_ path: String) -> URL { path.isEmpty ? folder : folder.appending(path: path) }
    guard let first = entries.first else {
      throw .inconsistent(file: file.path, reason: "names no module")
    }
    encoder = place(first.path)
    if Self.isEncoder(first.type) {
      // The pooling follows.
    } else if let own = try ConfigurationFile(encoder.appending(path: "config.json"))
      .family().modules
    {
      // The first module is the model's own code, which makes a vector by itself.
      modules = own
    } else {
      throw .inconsistent(file: file.path, reason: "the first module is no Transformer")
    }
    for entry in entries.dropFirst() {
      if let module = try Self.module(entry.type, place(entry.path), file) {
        modules.append(module)
      }
    }
    guard case .pooling? = modules.first else {
      throw .inconsistent(file: file.path, reason: "no Pooling follows the Transformer")
    }
    try readEncoderConfiguration()
    try readModelConfiguration(folder)
  }

  /// The name of a class of sentence-transformers; nil for another's class.
  private static func className(_ type: String) -> Substring? {
    type.hasPrefix("sentence_transformers.") ? type.split(separator: ".").last : nil
  }

  /// Whether a module is the encoder. Before version 1 each architecture had a class of its own.
  private static func isEncoder(_ type: String) -> Bool {
    let names = [
      "Transformer", "BERT", "RoBERTa", "DistilBERT", "CamemBERT", "ALBERT", "XLMRoBERTa",
    ]
    return className(type).map { names.contains(String($0)) } ?? false
  }

  /// A step behind the encoder; nil for one that does nothing.
  private static func module(
    _ type: String, _ folder: URL, _ file: ConfigurationFile
  ) throws(TransformerError) -> Module? {
    switch className(type) {
    case "Pooling":
      .pooling(try Pooling(ConfigurationFile(folder.appending(path: "config.json"))))
    case "Dense": .dense(folder: folder)
    case "LayerNorm": .layerNorm(folder: folder)
    case "Normalize": .normalize
    // Drops elements in training only.
    case "Dropout": nil
    default: throw file.unsupported("type", type)
    }
  }

  /// The steps behind a bare encoder: its own, or the last token of a causal language model, or the
  /// mean.
  private static func modules(ofEncoder folder: URL) throws(TransformerError) -> [Module] {
    let file = try ConfigurationFile(folder.appending(path: "config.json"))
    let isCausal = try file.read { json throws(JSONError) in
      let architecture = try json.optionalStrings("architectures")?.first
      let isCausal = try json.optionalBool("is_causal") ?? true
      return isCausal && architecture?.hasSuffix("ForCausalLM") == true
    }
    if let own = try file.family().modules { return own }
    return [.pooling(Pooling(modes: [isCausal ? .lastToken : .mean], includesPrompt: true))]
  }

  /// The one token whose state the modules look at, by the ids of the message, where there is
  /// only one.
  ///
  /// - Parameter prompt: tokens of the prompt at the front
  func onlyToken(skipping prompt: Int) -> ((_ ids: [Int32]) -> Int)? {
    let poolings = modules.compactMap {
      if case .pooling(let pooling) = $0 { pooling } else { nil }
    }
    return poolings.count == 1 ? poolings[0].onlyToken(skipping: prompt) : nil
  }
}

extension SentenceTransformerConfiguration {
  /// The names of the encoder's file. Before version 1 each architecture had its own; the first file
  /// that says anything counts.
  private static let encoderFiles = [
    "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json",
    "sentence_camembert_config.json", "sentence_albert_config.json",
    "sentence_xlm-roberta_config.json", "sentence_xlnet_config.json",
  ]

  private mutating func readEncoderConfiguration() throws(TransformerError) {
    for name in Self.encoderFiles {
      guard let file = try ConfigurationFile.ifPresent(encoder.appending(path: name)),
        case .object(let object) = file.value, !object.isEmpty
      else { continue }
      try Self.refuseUnknown(object, file)
      let read = try file.read { json throws(JSONError) in
        (
          length: try json.optionalInt("max_seq_length"),
          lowercases: try json.optionalBool("do_lower_case") ?? false
        )
      }
      if let length = read.length, length < 1 {
        throw file.unsupported("max_seq_length", "\(length)")
      }
      (maximumTokens, lowercases) = read
      return
    }
  }

  /// Refuses what the encoder's file asks for beyond a text encoder. sentence-transformers passes
  /// every key to a constructor, which knows no others than these.
  private static func refuseUnknown(
    _ object: JSONObject, _ file: ConfigurationFile
  ) throws(TransformerError) {
    for key in object.keys {
      let value = object[key] ?? .null
      let isFollowed =
        switch key {
        case "max_seq_length", "do_lower_case": true
        // How a batch lies in memory.
        case "unpad_inputs", "backend": true
        case "transformer_task": value == "feature-extraction" || value == .null
        case "module_output_name": value == "token_embeddings" || value == .null
        case "modality_config": value == .null || isText(value)
        // Arguments of the constructors of the model, its tokenizer and its configuration.
        case "model_args", "model_kwargs": isEmpty(value, besides: modelArguments)
        case "tokenizer_args", "processor_kwargs", "config_args", "config_kwargs",
          "processing_kwargs":
          isEmpty(value, besides: ["trust_remote_code"])
        case "tokenizer_name_or_path": value == .null
        default: false
        }
      guard isFollowed else {
        throw file.unsupported(key, String(decoding: value.encoded().prefix(80), as: UTF8.self))
      }
    }
  }

  /// Arguments that say how weights are loaded, not what is computed with them.
  private static let modelArguments: Set<String> = [
    "trust_remote_code", "torch_dtype", "dtype", "attn_implementation", "device_map",
    "low_cpu_mem_usage", "use_safetensors", "add_pooling_layer",
  ]

  private static func isEmpty(_ value: JSONValue, besides keys: Set<String>) -> Bool {
    guard case .object(let object) = value else { return value == .null }
    return object.keys.allSatisfy(keys.contains)
  }

  /// Whether texts, and no pictures or chats, go through the model's forward pass.
  private static func isText(_ value: JSONValue) -> Bool {
    guard case .object(let object) = value, Array(object.keys) == ["text"] else { return false }
    let text = object["text"]
    return text?["method"] == "forward" && text?["method_output_name"] == "last_hidden_state"
  }

  /// Reads `config_sentence_transformers.json`. Its other keys, such as `similarity_fn_name`, do not
  /// change a vector, and sentence-transformers passes over those that it does not know.
  private mutating func readModelConfiguration(_ folder: URL) throws(TransformerError) {
    guard
      let file = try ConfigurationFile.ifPresent(
        folder.appending(path: "config_sentence_transformers.json"))
    else { return }
    let read = try file.read { json throws(JSONError) in
      var prompts: [String: String] = [:]
      for (name, text) in try json.optionalObject("prompts") ?? JSONObject() {
        prompts[name] = text == .null ? "" : try json.value("prompts").string(name)
      }
      return (
        prompts: prompts, name: try json.optionalString("default_prompt_name"),
        dimension: try json.optionalInt("truncate_dim"), type: try json.optionalString("model_type")
      )
    }
    if let type = read.type, type != "SentenceTransformer" {
      throw file.unsupported("model_type", type)
    }
    if let dimension = read.dimension, dimension < 1 {
      throw file.unsupported("truncate_dim", "\(dimension)")
    }
    prompts.merge(read.prompts) { $1 }
    defaultPrompt = read.name
    dimension = read.dimension
    if let name = defaultPrompt, prompts[name] == nil {
      throw file.unsupported("default_prompt_name", name)
    }
  }
}
