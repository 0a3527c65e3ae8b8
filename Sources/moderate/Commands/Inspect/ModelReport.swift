import JSON
import Moderation
import Platform
import Safetensors
import Tensor
import Tokenizers
import Transformer

/// The facts that `inspect` prints about a model, in order.
struct ModelReport {
  let bundle: ModerationBundle?
  private(set) var sections: [Section] = []

  struct Section {
    let title: String
    var facts: [(name: String, value: JSONValue)] = []
  }

  init(_ source: ModelSource, processor: Processor) throws {
    bundle = source.bundle
    if let bundle { sections.append(Self.bundleSection(bundle, digest: try source.digest())) }
    let modelFolder = source.model
    if bundle?.model.kind == .characterWord {
      sections.append(Section(title: "model", facts: [("kind", "characters and words")]))
    } else {
      let description = try ModelDescription(contentsOf: modelFolder)
      sections.append(Self.modelSection(description, modelFolder))
      sections.append(Self.tokenizerSection(description))
    }
    sections.append(try Self.weightsSection(modelFolder, bundle))
    sections.append(Self.machineSection(processor))
  }

  private static func bundleSection(_ bundle: ModerationBundle, digest: String) -> Section {
    var section = Section(title: "moderator")
    section.facts = [("name", .string(bundle.name))]
    if !bundle.description.isEmpty {
      section.facts.append(("description", .string(bundle.description)))
    }
    if !bundle.languages.isEmpty {
      section.facts.append(("languages", .array(bundle.languages.map(JSONValue.string))))
    }
    if !bundle.heads.isEmpty {
      section.facts.append(("heads", .array(bundle.heads.map { .string($0.name) })))
    }
    section.facts.append(("digest", .string(digest)))
    section.facts.append(
      ("precisions", .array(bundle.model.precisions.map { .string($0.rawValue) })))
    switch bundle.longTexts {
    case .truncate: section.facts.append(("long texts", "truncated"))
    case .windows(_, let combine):
      section.facts.append(("long texts", .string("windows, \(combine.rawValue) of the scores")))
    }
    if let words = bundle.respellingWords {
      section.facts.append(("respelling", .string("words in disguise, by \(words)")))
    }
    for dimension in bundle.context?.dimensions ?? [] {
      section.facts.append(
        ("context \(dimension.name)", .array(dimension.values.map(JSONValue.string))))
    }
    return section
  }

  private static func modelSection(_ description: ModelDescription, _ folder: URL) -> Section {
    let shape = description.shape
    var facts: [(name: String, value: JSONValue)] = [
      ("folder", .string(folder.path)),
      ("family", .string(description.modelType)),
    ]
    if let architecture = description.architecture {
      facts.append(("architecture", .string(architecture)))
    }
    facts += [
      ("layers", .number(.init(shape.layerCount))), ("hidden", .number(.init(shape.hiddenSize))),
      ("heads", .number(.init(shape.headCount))),
      ("feed-forward", .number(.init(shape.intermediateSize))),
      ("vocabulary", .number(.init(shape.vocabularySize))),
    ]
    if let maximum = description.maximumTokens {
      facts.append(("maximum tokens", .number(.init(maximum))))
    }
    if let labels = description.labels {
      facts.append(("classes", .array(labels.map(JSONValue.string))))
      if let type = description.problemType { facts.append(("problem", .string(type.rawValue))) }
    } else {
      facts.append(("modules", .array(description.modules.map(JSONValue.string))))
      for (name, prompt) in description.prompts.sorted(by: { $0.key < $1.key }) {
        facts.append(("prompt \(name)", .string(prompt)))
      }
    }
    return Section(title: "model", facts: facts)
  }

  private static func tokenizerSection(_ description: ModelDescription) -> Section {
    let tokenizer = description.tokenizer
    var facts: [(name: String, value: JSONValue)] = [
      ("tokens", .number(.init(tokenizer.vocabularyCount)))
    ]
    for (name, id) in [
      ("begins with", tokenizer.classificationID), ("ends with", tokenizer.separatorID),
      ("unknown", tokenizer.unknownID),
    ] {
      guard let id, let token = tokenizer.token(for: id) else { continue }
      facts.append((name, .string("\(token) (\(id))")))
    }
    if !tokenizer.unknownKeys.isEmpty {
      facts.append(("keys without effect", .array(tokenizer.unknownKeys.map(JSONValue.string))))
    }
    return Section(title: "tokenizer", facts: facts)
  }

  private static func weightsSection(_ folder: URL, _ bundle: ModerationBundle?) throws -> Section {
    let checkpoint = try Checkpoint(contentsOf: folder)
    var parameters = 0
    var types: [String: Int] = [:]
    for name in checkpoint.names {
      let tensor = try checkpoint.tensor(named: name)
      parameters += tensor.count
      types[tensor.elementType.rawValue, default: 0] += tensor.count
    }
    let kinds = types.sorted { $0.value > $1.value }.map { JSONValue.string($0.key) }
    return Section(
      title: "weights",
      facts: [
        ("parameters", .number(.init(parameters))), ("stored as", .array(kinds)),
        ("bytes", .number(.init(checkpoint.byteCount))),
      ])
  }

  private static func machineSection(_ processor: Processor) -> Section {
    let supported = InstructionSet.allCases.filter(\.isSupported)
    return Section(
      title: "machine",
      facts: [
        ("kernels", .string(processor.kernels.instructionSet.rawValue)),
        ("could run", .array(supported.map { .string($0.rawValue) })),
        ("OpenBLAS core", .string(OpenBLAS.coreName)),
        ("threads", .number(.init(processor.pool.threads))),
      ])
  }
}

extension ModelReport {
  var json: JSONObject {
    var object = JSONObject()
    for section in sections {
      var facts = JSONObject()
      for (name, value) in section.facts { facts[name] = value }
      object[section.title] = .object(facts)
    }
    if let bundle {
      object["labels"] = .array(
        bundle.labels.map { label in
          var entry = JSONObject()
          entry["name"] = .string(label.name)
          entry["threshold"] = .number(JSONNumber(label.threshold))
          entry["severity"] = .string(label.severity.rawValue)
          return .object(entry)
        })
    }
    return object
  }

  func text(for terminal: Terminal) -> String {
    var result = ""
    for section in sections {
      result += terminal.styled(section.title, .bold) + "\n"
      var table = Table([.init(title: ""), .init(title: "")])
      for (name, value) in section.facts {
        table.append([.init(name, .dim), .init(Self.text(of: value, name: name))])
      }
      result += table.rendered(for: terminal, indent: 2)
    }
    guard let bundle else { return result }
    result += terminal.styled("labels", .bold) + "\n"
    var table = Table([
      .init(title: "name"), .init(title: "fires at", alignRight: true), .init(title: "severity"),
      .init(title: "direction"), .init(title: "to the author"), .init(title: "to readers"),
      .init(title: "rests on"),
    ])
    for label in bundle.labels {
      table.append([
        label.name, fixed(Float(label.threshold), 2), label.severity.rawValue,
        label.direction?.description ?? "", label.authorActions.joined(separator: ", "),
        label.readerActions.joined(separator: ", "),
        label.support.map { "\($0.positives) of \($0.positives + $0.negatives)" } ?? "",
      ])
    }
    return result + table.rendered(for: terminal, indent: 2)
  }

  private static func text(of value: JSONValue, name: String) -> String {
    switch value {
    case .string(let text): return visible(text)
    case .array(let elements):
      return elements.map { text(of: $0, name: name) }.joined(separator: ", ")
    case .number(let number):
      guard let count = number.integer, count >= 10_000 else { return number.text }
      return name == "bytes" ? "\(fixed(Double(count) / 1e6, 1)) MB" : grouped(count)
    default: return String(decoding: value.encoded(), as: UTF8.self)
    }
  }
}
