public import JSON

/// The content of a `moderation.json`: a model, its heads and labels, and the actions that follow.
///
/// The format is described in <doc:BundleFormat>.
public struct ModerationBundle: Sendable, Equatable {
  /// The version that this library reads and writes.
  public static let formatVersion = 1
  /// The name of the file in a bundle's folder.
  public static let fileName = "moderation.json"
  /// The name of a single head that has no name, or of a model without heads, in
  /// ``LabelDefinition/sources``.
  public static let defaultHeadName = "head"

  public struct HeadReference: Sendable, Hashable {
    public var name: String
    /// A folder with `head.json`, or a LightGBM text model; relative to the bundle.
    public var path: String

    public init(name: String = ModerationBundle.defaultHeadName, path: String) {
      self.name = name
      self.path = path
    }
  }

  public var name: String
  public var description: String
  public var license: String
  /// BCP 47 tags of the languages it was made for.
  public var languages: [String]
  public var model: ModelReference
  public var heads: [HeadReference]
  public var labels: [LabelDefinition]
  /// The name of a message on which no label fires.
  public var base: String?
  /// The texts of actions by id, in the order they were written.
  public var actions: [Action]
  public var context: ContextPrefixes?
  /// The labels' names in other services' APIs.
  public var apis: [APITable]
  /// Tokens of one pass, special ones included; nil is what the model says.
  public var maximumTokens: Int?
  public var longTexts: LongTextPolicy
  /// A list of words, by its path relative to the bundle, by which texts in disguise are spelt out and
  /// read a second time; nil to read texts as they are written.
  public var respellingWords: String?
  /// SHA-256 of files, by path relative to the bundle's folder.
  public var files: [FileDigest]
  /// The report of `moderate quantize`, as it was written.
  public var quantization: JSONValue?

  public init(
    name: String, description: String = "", license: String = "", languages: [String] = [],
    model: ModelReference, heads: [HeadReference] = [], labels: [LabelDefinition],
    base: String? = nil, actions: [Action] = [], context: ContextPrefixes? = nil,
    apis: [APITable] = [], maximumTokens: Int? = nil, longTexts: LongTextPolicy = .truncate,
    respellingWords: String? = nil, files: [FileDigest] = [], quantization: JSONValue? = nil
  ) {
    self.name = name
    self.description = description
    self.license = license
    self.languages = languages
    self.model = model
    self.heads = heads
    self.labels = labels
    self.base = base
    self.actions = actions
    self.context = context
    self.apis = apis
    self.maximumTokens = maximumTokens
    self.longTexts = longTexts
    self.respellingWords = respellingWords
    self.files = files
    self.quantization = quantization
  }
}

/// Something to do about a message, by a short id and in words.
public struct Action: Sendable, Hashable {
  public var id: String
  public var text: String

  public init(id: String, text: String) {
    self.id = id
    self.text = text
  }
}
