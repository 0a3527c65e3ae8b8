import JSON
public import Platform

extension ModerationBundle {
  /// Reads the `moderation.json` of a folder.
  public init(contentsOf folder: URL) throws(ModerationError) {
    let url = folder.appending(path: Self.fileName)
    try self.init(parsing: try FileSystem.bytes(of: url), file: url.path)
  }

  /// Reads the text of a `moderation.json`.
  ///
  /// - Parameter file: What errors call the text.
  public init(parsing bytes: [UInt8], file: String = fileName) throws(ModerationError) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw .malformedJSON(file: file, message: error.description)
    }
    var reader = try BundleReader(value, path: "", file: file)
    guard let format = try reader.optionalInt("format", atLeast: 1) else {
      throw reader.missing("format")
    }
    guard format == Self.formatVersion else {
      throw reader.invalid(
        "format", "is \(format); this version of swift-moderation reads \(Self.formatVersion)")
    }
    name = try reader.name("name")
    description = try reader.optionalString("description") ?? ""
    license = try reader.optionalString("license") ?? ""
    languages = try reader.strings("languages") ?? []
    guard let modelReader = try reader.reader("model") else { throw reader.missing("model") }
    model = try ModelReference(modelReader)
    heads = try Self.heads(&reader, kind: model.kind)
    let texts = try reader.texts("actions")
    actions = texts.map { Action(id: $0.key, text: $0.value) }
    base = try reader.optionalString("base")
    labels = try Self.labels(&reader, heads: heads, actions: actions, base: base)
    context = try reader.reader("context").map { reader throws(ModerationError) in
      try ContextPrefixes(reader)
    }
    maximumTokens = try reader.optionalInt("maximumTokens", atLeast: 3)
    longTexts =
      try reader.reader("longTexts").map { reader throws(ModerationError) in
        try LongTextPolicy(reader)
      } ?? .truncate
    files = try reader.digests("files")
    quantization = reader.optional("quantization")
    try reader.end()
  }

  private static func heads(_ reader: inout BundleReader, kind: ModelReference.Kind)
    throws(ModerationError) -> [HeadReference]
  {
    var heads: [HeadReference] = []
    let readers = try reader.readers("heads") ?? []
    for var head in readers {
      let name = try head.optionalString("name")
      guard name != nil || readers.count == 1 else { throw head.missing("name") }
      guard let path = try head.optionalPath("path") else { throw head.missing("path") }
      try head.end()
      let reference = HeadReference(name: name ?? defaultHeadName, path: path)
      guard !reference.name.isEmpty, !heads.contains(where: { $0.name == reference.name }) else {
        throw head.invalid("name", "must be unique and not empty")
      }
      heads.append(reference)
    }
    guard heads.isEmpty == (kind != .encoder) else {
      throw reader.invalid(
        "heads", kind == .encoder ? "must name at least one head" : "go with an encoder only")
    }
    return heads
  }

  private static func labels(
    _ reader: inout BundleReader, heads: [HeadReference], actions: [Action], base: String?
  ) throws(ModerationError) -> [LabelDefinition] {
    guard let readers = try reader.readers("labels") else { throw reader.missing("labels") }
    guard !readers.isEmpty else { throw reader.invalid("labels", "must not be empty") }
    var labels: [LabelDefinition] = []
    for labelReader in readers {
      let label = try LabelDefinition(
        labelReader, headNames: heads.isEmpty ? [defaultHeadName] : heads.map(\.name),
        actionIDs: actions.map(\.id))
      guard label.name != base, !labels.contains(where: { $0.name == label.name }) else {
        throw labelReader.invalid("name", "is \"\(label.name)\", which is another label's")
      }
      labels.append(label)
    }
    return labels
  }
}

extension ModelReference {
  init(_ reader: BundleReader) throws(ModerationError) {
    var reader = reader
    guard let kind: Kind = try reader.choice("kind") else { throw reader.missing("kind") }
    self.kind = kind
    path = try reader.optionalPath("path")
    name = try reader.optionalString("name")
    revision = try reader.optionalString("revision") ?? "main"
    guard path != nil || name != nil else { throw reader.missing("path") }
    if let name, !HubCache.isName(name) {
      throw reader.invalid("name", "is \"\(name)\", which is not owner/model")
    }
    guard HubCache.isRevision(revision) else {
      throw reader.invalid("revision", "is \"\(revision)\", which is no branch, tag or commit")
    }
    prompt = try reader.optionalString("prompt")
    scoreFunction = try reader.choice("activation")
    guard scoreFunction == nil || kind == .classifier else {
      throw reader.invalid("activation", "goes with a classifier only")
    }
    precisions = try reader.choices("precisions") ?? Self.usualPrecisions
    guard !precisions.isEmpty else { throw reader.invalid("precisions", "must not be empty") }
    plan = try reader.optionalPath("plan")
    files = try reader.digests("files")
    try reader.end()
  }
}

extension LabelDefinition {
  init(_ reader: BundleReader, headNames: [String], actionIDs: [String]) throws(ModerationError) {
    var reader = reader
    name = try reader.name("name")
    description = try reader.optionalString("description") ?? ""
    threshold = try reader.optionalDouble("threshold") ?? 0.5
    guard (0...1).contains(threshold) else { throw reader.invalid("threshold", "must be in 0…1") }
    severity = try reader.choice("severity") ?? .medium
    sources = []
    for var source in try reader.readers("scores") ?? [] {
      let head = try source.optionalString("head")
      guard head != nil || headNames.count == 1 else { throw source.missing("head") }
      sources.append(
        Source(
          head: head ?? headNames[0], className: try source.optionalString("class") ?? name))
      try source.end()
    }
    direction = try reader.reader("direction").map { reader throws(ModerationError) in
      try HarmDirection(reader)
    }
    authorActions = []
    readerActions = []
    if var actions = try reader.reader("actions") {
      authorActions = try actions.strings("author") ?? []
      readerActions = try actions.strings("readers") ?? []
      for id in authorActions + readerActions where !actionIDs.contains(id) {
        throw reader.invalid("actions", "names \"\(id)\", which \"actions\" does not explain")
      }
      try actions.end()
    }
    calibration = try reader.reader("calibration").map { reader throws(ModerationError) in
      try Calibration(reader)
    }
    if var support = try reader.reader("support") {
      guard let positives = try support.optionalInt("positives", atLeast: 0) else {
        throw support.missing("positives")
      }
      guard let negatives = try support.optionalInt("negatives", atLeast: 0) else {
        throw support.missing("negatives")
      }
      self.support = Support(
        positives: positives, negatives: negatives, source: try support.optionalString("source"))
      try support.end()
    } else {
      support = nil
    }
    try reader.end()
  }
}

extension HarmDirection {
  init(_ reader: BundleReader) throws(ModerationError) {
    var reader = reader
    guard let from: Party = try reader.choice("from") else { throw reader.missing("from") }
    guard let to: Party = try reader.choice("to") else { throw reader.missing("to") }
    try reader.end()
    self.init(from: from, to: to)
  }
}

extension Calibration {
  private enum Method: String, CaseIterable {
    case platt, isotonic
  }

  init(_ reader: BundleReader) throws(ModerationError) {
    var reader = reader
    guard let method: Method = try reader.choice("method") else { throw reader.missing("method") }
    switch method {
    case .platt:
      self = .platt(
        slope: try reader.double("slope"), intercept: try reader.double("intercept"))
    case .isotonic:
      let inputs = try reader.doubles("inputs")
      let outputs = try reader.doubles("outputs")
      guard !inputs.isEmpty, zip(inputs, inputs.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw reader.invalid("inputs", "must rise strictly")
      }
      guard outputs.count == inputs.count else {
        throw reader.invalid("outputs", "must be as many as the inputs")
      }
      guard zip(outputs, outputs.dropFirst()).allSatisfy({ $0 <= $1 }) else {
        throw reader.invalid("outputs", "must not fall")
      }
      guard (inputs + outputs).allSatisfy((0...1).contains) else {
        throw reader.invalid("inputs", "and outputs must be in 0…1")
      }
      self = .isotonic(inputs: inputs, outputs: outputs)
    }
    try reader.end()
  }
}

extension ContextPrefixes {
  init(_ reader: BundleReader) throws(ModerationError) {
    var reader = reader
    let template = try reader.optionalString("template") ?? "[{}]"
    let separator = try reader.optionalString("separator") ?? " "
    var dimensions: [Dimension] = []
    guard let readers = try reader.readers("dimensions"), !readers.isEmpty else {
      throw reader.missing("dimensions")
    }
    for var dimension in readers {
      let name = try dimension.name("name")
      guard let values = try dimension.strings("values"), !values.isEmpty else {
        throw dimension.missing("values")
      }
      let fallback = try dimension.optionalString("default")
      if let fallback, !values.contains(fallback) {
        throw dimension.invalid("default", "is \"\(fallback)\", which is not one of the values")
      }
      try dimension.end()
      dimensions.append(Dimension(name: name, values: values, fallback: fallback))
    }
    try reader.end()
    self.init(template: template, separator: separator, dimensions: dimensions)
  }
}

extension LongTextPolicy {
  private enum Policy: String, CaseIterable {
    case truncate, windows
  }

  init(_ reader: BundleReader) throws(ModerationError) {
    var reader = reader
    guard let policy: Policy = try reader.choice("policy") else { throw reader.missing("policy") }
    switch policy {
    case .truncate: self = .truncate
    case .windows:
      self = .windows(
        overlap: try reader.optionalInt("overlap", atLeast: 0),
        combine: try reader.choice("combine") ?? .max)
    }
    try reader.end()
  }
}
