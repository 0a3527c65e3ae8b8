public import Platform
public import Tensor

/// The model of a bundle: its kind, its folder or name, and how it runs.
public struct ModelReference: Sendable, Equatable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A sentence encoder, whose embedding the bundle's heads score.
    case encoder
    /// A transformer with a classification head of its own.
    case classifier
    /// Characters through a convolution, words through a recurrent network.
    case characterWord
  }

  /// The precisions that weights run in unless they were prepared for one.
  public static let usualPrecisions: [Precision] = [.float32, .int8]

  public var kind: Kind
  /// Folder of the model, relative to the bundle.
  public var path: String?
  /// Hugging Face name, `owner/model`, looked up in the local cache when `path` is not there.
  public var name: String?
  /// Branch, tag or commit of `name`.
  public var revision: String
  /// Text put in front of every message.
  public var prompt: String?
  /// The name of one of the encoder's own prompts, where there is no text.
  public var promptName: String?
  /// A LoRA adapter that is merged into the weights: a folder relative to the bundle, or the name of one
  /// below the model's `adapters`.
  public var adapter: String?
  /// Elements of an embedding that are kept, of an encoder that was trained so.
  public var dimensions: Int?
  /// The function that turns a classifier's logits into scores. Nil: by the model's `problem_type`.
  public var scoreFunction: ScoreFunction?
  /// The precisions that may be used; the first is the default. Never empty. Where a bundle names
  /// none, weights that were not prepared run in both.
  public var precisions: [Precision]
  /// A layer plan, relative to the bundle, for people: what runs is in the prepared weights.
  public var plan: String?
  /// SHA-256 of files, by path relative to the model's folder.
  public var files: [FileDigest]
  /// Whether the files are held to their SHA-256 whenever the bundle is loaded.
  public var isPinned: Bool

  public init(
    kind: Kind, path: String? = nil, name: String? = nil, revision: String = "main",
    prompt: String? = nil, promptName: String? = nil, adapter: String? = nil,
    dimensions: Int? = nil, scoreFunction: ScoreFunction? = nil,
    precisions: [Precision] = ModelReference.usualPrecisions,
    plan: String? = nil, files: [FileDigest] = [], isPinned: Bool = false
  ) {
    self.kind = kind
    self.path = path
    self.name = name
    self.revision = revision
    self.prompt = prompt
    self.promptName = promptName
    self.adapter = adapter
    self.dimensions = dimensions
    self.scoreFunction = scoreFunction
    self.precisions = precisions
    self.plan = plan
    self.files = files
    self.isPinned = isPinned
  }
}

extension ModelReference {
  /// The adapter as the model's loader takes it: the path of a folder of the bundle, or a name.
  public func adapterPath(in bundleFolder: URL) -> String? {
    guard let adapter else { return nil }
    let own = bundleFolder.appending(path: adapter)
    return FileSystem.isFolder(own) ? own.path : adapter
  }
}

/// A file that a bundle relies on and the SHA-256 it must have.
public struct FileDigest: Sendable, Hashable {
  /// Relative to the folder that the digest is written for.
  public var path: String
  /// 64 lower-case hexadecimal digits.
  public var sha256: String

  public init(path: String, sha256: String) {
    self.path = path
    self.sha256 = sha256
  }
}
