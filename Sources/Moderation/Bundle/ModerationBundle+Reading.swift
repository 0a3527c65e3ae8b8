import JSON
public import Platform

extension ModerationBundle {
  /// Reads the `moderation.json` of a folder.
  public init(contentsOf folder: URL) throws(ModerationError) {
    let url = folder.appending(path: Self.fileName)
    try self.init(parsing: try BundleReader.bytes(of: url), file: url.path)
  }

  /// Reads the text of a `moderation.json`.
  ///
  /// - Parameter file: What errors call the text.
  public init(parsing bytes: [UInt8], file: String = fileName) throws(ModerationError) {
    let reader = try BundleReader(parsing: bytes, file: file)
    let format = try reader.int("format")
    guard format == Self.formatVersion else {
      throw reader.invalid(
        "format", "is \(format); this version of swift-moderation reads \(Self.formatVersion)")
    }
    name = try reader.name("name")
    description = try reader.optionalString("description") ?? ""
    license = try reader.optionalString("license") ?? ""
    languages = try reader.optionalStrings("languages") ?? []
    model = try ModelReference(try reader.reader("model"))
    heads = try Self.heads(reader, kind: model.kind)
    let texts = try reader.texts("actions")
    try reader.requireFew(texts.count, "actions")
    actions = texts.map { Action(id: $0.key, text: $0.value) }
    base = try reader.optionalString("base")
    labels = try Self.labels(reader, heads: heads, actions: actions, base: base)
    context = try reader.optionalReader("context").map { reader throws(ModerationError) in
      try ContextPrefixes(reader)
    }
    apis = []
    if let tables = try reader.optionalReader("apis") {
      for api in tables.object.keys {
        apis.append(
          try APITable(api: api, try tables.reader(api), labels: labels.map(\.name)))
      }
    }
    maximumTokens = try reader.optionalInt("maximumTokens", in: 3 ... .max)
    longTexts =
      try reader.optionalReader("longTexts").map { reader throws(ModerationError) in
        try LongTextPolicy(reader)
      } ?? .truncate
    respellingWords =
      try reader.optionalReader("respelling").flatMap { reader throws(ModerationError) in
        guard let words = try reader.optionalPath("words") else { throw reader.missing("words") }
        try reader.end()
        return words
      }
    files = try reader.digests("files")
    quantization = reader.optionalValue("quantization")
    try reader.end()
  }

  private static func heads(_ reader: BundleReader, kind: ModelReference.Kind)
    throws(ModerationError) -> [HeadReference]
  {
    var heads: [HeadReference] = []
    let readers = try reader.optionalReaders("heads") ?? []
    try reader.requireFew(readers.count, "heads")
    for head in readers {
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
    _ reader: BundleReader, heads: [HeadReference], actions: [Action], base: String?
  ) throws(ModerationError) -> [LabelDefinition] {
    let readers = try reader.readers("labels")
    guard !readers.isEmpty else { throw reader.invalid("labels", "must not be empty") }
    try reader.requireFew(readers.count, "labels")
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
    let kind: Kind = try reader.choice("kind")
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
    promptName = try reader.optionalString("promptName")
    adapter = try reader.optionalString("adapter")
    dimensions = try reader.optionalInt("dimensions")
    if prompt != nil, promptName != nil {
      throw reader.invalid("promptName", "excludes \"prompt\"")
    }
    if let dimensions, dimensions < 1 {
      throw reader.invalid("dimensions", "must be at least 1")
    }
    guard kind == .encoder || (promptName == nil && dimensions == nil) else {
      throw reader.invalid(
        promptName == nil ? "dimensions" : "promptName", "goes with an encoder only")
    }
    scoreFunction = try reader.optionalChoice("activation")
    guard scoreFunction == nil || kind == .classifier else {
      throw reader.invalid("activation", "goes with a classifier only")
    }
    precisions = try reader.optionalChoices("precisions") ?? Self.usualPrecisions
    guard !precisions.isEmpty else { throw reader.invalid("precisions", "must not be empty") }
    plan = try reader.optionalPath("plan")
    files = try reader.digests("files")
    isPinned = try reader.optionalBool("pinned") ?? false
    guard !isPinned || !files.isEmpty else {
      throw reader.invalid("pinned", "needs \"files\" with the SHA-256 of the model's files")
    }
    try reader.end()
  }
}

extension LabelDefinition {
  init(_ reader: BundleReader, headNames: [String], actionIDs: [String]) throws(ModerationError) {
    name = try reader.name("name")
    description = try reader.optionalString("description") ?? ""
    threshold = try reader.optionalDouble("threshold") ?? 0.5
    guard (0...1).contains(threshold) else { throw reader.invalid("threshold", "must be in 0…1") }
    thresholdRange = try reader.optionalDoubles("thresholdRange").map {
      ends throws(ModerationError) in
      guard ends.count == 2, ends[0] <= ends[1], ends.allSatisfy((0...1).contains) else {
        throw reader.invalid("thresholdRange", "must be the least and the greatest, in 0…1")
      }
      return ends[0]...ends[1]
    }
    severity = try reader.optionalChoice("severity") ?? .medium
    sources = []
    let scores = try reader.optionalReaders("scores") ?? []
    try reader.requireFew(scores.count, "scores")
    for source in scores {
      let head = try source.optionalString("head")
      guard head != nil || headNames.count == 1 else { throw source.missing("head") }
      sources.append(
        Source(
          head: head ?? headNames[0], className: try source.optionalString("class") ?? name))
      try source.end()
    }
    direction = try reader.optionalReader("direction").map { reader throws(ModerationError) in
      try HarmDirection(reader)
    }
    authorActions = []
    readerActions = []
    if let actions = try reader.optionalReader("actions") {
      authorActions = try actions.optionalStrings("author") ?? []
      readerActions = try actions.optionalStrings("readers") ?? []
      try actions.requireFew(authorActions.count, "author")
      try actions.requireFew(readerActions.count, "readers")
      for id in authorActions + readerActions where !actionIDs.contains(id) {
        throw reader.invalid("actions", "names \"\(id)\", which \"actions\" does not explain")
      }
      try actions.end()
    }
    calibration = try reader.optionalReader("calibration").map { reader throws(ModerationError) in
      try Calibration(reader)
    }
    if let support = try reader.optionalReader("support") {
      self.support = Support(
        positives: try support.int("positives", in: 0 ... .max),
        negatives: try support.int("negatives", in: 0 ... .max),
        source: try support.optionalString("source"))
      try support.end()
    } else {
      support = nil
    }
    try reader.end()
  }
}

extension HarmDirection {
  init(_ reader: BundleReader) throws(ModerationError) {
    let from: Party = try reader.choice("from")
    let to: Party = try reader.choice("to")
    try reader.end()
    self.init(from: from, to: to)
  }
}

extension Calibration {
  private enum Method: String, CaseIterable {
    case platt, isotonic
  }

  init(_ reader: BundleReader) throws(ModerationError) {
    let method: Method = try reader.choice("method")
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
    let template = try reader.optionalString("template") ?? "[{}]"
    let separator = try reader.optionalString("separator") ?? " "
    var dimensions: [Dimension] = []
    let readers = try reader.readers("dimensions")
    guard !readers.isEmpty else { throw reader.invalid("dimensions", "must not be empty") }
    try reader.requireFew(readers.count, "dimensions")
    try reader.requireShort(template, "template")
    try reader.requireShort(separator, "separator")
    for dimension in readers {
      let name = try dimension.name("name")
      guard !dimensions.contains(where: { $0.name == name }) else {
        throw dimension.invalid("name", "is \"\(name)\", which is another dimension's")
      }
      let values = try dimension.strings("values")
      guard !values.isEmpty else { throw dimension.invalid("values", "must not be empty") }
      try dimension.requireFew(values.count, "values")
      for value in values { try dimension.requireShort(value, "values") }
      // A context gives values without regard to case.
      guard Set(values.map { $0.lowercased() }).count == values.count else {
        throw dimension.invalid("values", "must differ in more than case")
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
    let policy: Policy = try reader.choice("policy")
    switch policy {
    case .truncate: self = .truncate
    case .windows:
      self = .windows(
        overlap: try reader.optionalInt("overlap", in: 0 ... .max),
        combine: try reader.optionalChoice("combine") ?? .max)
    }
    try reader.end()
  }
}
