import Foundation
import JSON
import Safetensors
import Tensor
import TestSupport
import Testing
import Tokenizers
import Transformer

@testable import Moderation

/// The bundles that `Weights/` ships without weights, completed by small random ones: everything
/// from text to verdict but the numbers.
@Suite struct WholeBundleTests {
  static let texts = ["", "The cat sat on the mat.", "zzz", "running dogs and the quick fox"]

  @Test(arguments: [
    "balance-tes-haters", "balance-tes-haters/arctic-logistic-regression",
    "balance-tes-haters/harrier-lightgbm", "balance-tes-haters/jina-nano-lightgbm",
    "balance-tes-haters/jina-small-mlp", "direction-of-harm", "lilith",
  ])
  func `The bundles that ship can be read`(name: String) throws {
    let bundle = try ModerationBundle(contentsOf: Checkout.weights.appending(path: name))
    #expect(bundle.name == name.replacing("/", with: "-"))
    #expect(try ModerationBundle(parsing: Array(bundle.encoded().utf8)) == bundle)
  }

  @Test func `French harassment: embedding, head, one label at 0.3 and a name for the rest`() throws
  {
    let folder = try StandIns.bundle("balance-tes-haters")
    let encoder = Checkout.models.appending(path: "pooling-xlm-roberta-cls-normalized")
    try folder.copy(encoder, to: "encoder")
    let weights = [3.0, -2, 1.5, 0.5, -1, 2, -3, 1]
    try StandIns.head(weights, in: folder, at: "head")
    let moderator = try Moderator(contentsOf: folder.url)
    #expect(moderator.bundle.labels.map(\.threshold) == [0.3])

    // The embedding of sentence-transformers, through the head by hand.
    let golden = try Checkpoint(contentsOf: encoder.appending(path: "golden.safetensors"))
    let embeddings = try golden.tensor(named: "embedding").floats()
    let json = try JSONValue(
      parsing: [UInt8](Data(contentsOf: encoder.appending(path: "golden.json"))))
    for (index, text) in try json.strings("texts").enumerated() {
      let row = embeddings[index * 8..<(index + 1) * 8]
      let sum = zip(row, weights).reduce(0.1) { $0 + Double($1.0) * $1.1 }
      let expected = Float(1 / (1 + exp(-sum)))
      let verdict = try moderator.moderate(text)
      let label = try #require(verdict["Cyberharcèlement (autre)"])
      #expect(abs(label.score - expected) < 1e-5)
      #expect(verdict.isFlagged == (label.score >= 0.3))
      #expect(verdict.base == (verdict.isFlagged ? nil : "Absence de cyberharcèlement"))
    }
  }

  /// jina's composite folder, small: weights with adapters, and what its own code says in files.
  private func addJina(_ fixture: String, to folder: TemporaryFolder) throws {
    let model = Checkout.fixtures("transformers/adapters").appending(path: fixture)
    try folder.copy(model, to: "encoder")
    try folder.copy(StandIns.tokenizer, to: "encoder/tokenizer.json")
    try folder.write(
      #"[{"idx": 0, "name": "0", "path": "", "type": "custom_st.Transformer"}]"#,
      to: "encoder/modules.json")
    try folder.write(
      #"{"prompts": {"query": "the ", "document": "fox "}, "default_prompt_name": "document"}"#,
      to: "encoder/config_sentence_transformers.json")
  }

  @Test(arguments: [
    ("jina-nano-lightgbm", "jina-eurobert", 24), ("jina-small-mlp", "jina-qwen3", 24),
  ])
  func `jina's folders: the bundle's adapter, prompt and last token, then its head`(
    _ name: String, _ fixture: String, _ size: Int
  ) throws {
    let folder = try StandIns.bundle("balance-tes-haters/\(name)")
    try addJina(fixture, to: folder)
    let weights = (0..<size).map { Double($0 % 5) - 2 }
    try StandIns.head(weights, in: folder, at: "head")
    let moderator = try Moderator(contentsOf: folder.url)

    let encoder = try Encoder(
      contentsOf: folder.url.appending(path: "encoder"), adapter: "classification")
    let tokenizer = try Tokenizer(contentsOf: folder.url.appending(path: "encoder"))
    for text in Self.texts {
      let ids = tokenizer.encode("fox " + text).ids
      let last = try #require(encoder.hiddenStates(of: [TokenSequence(ids)])[0].last)
      let length = last.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let sum = zip(last, weights).reduce(0.1) { $0 + Double($1.0 / length) * $1.1 }
      let label = try #require(moderator.moderate(text)["Cyberharcèlement (autre)"])
      #expect(abs(label.score - Float(1 / (1 + exp(-sum)))) < 1e-5)
    }
    // Another adapter, or none, is the caller's to choose.
    #expect(throws: ModerationError.self) {
      _ = try Moderator(contentsOf: folder.url, options: .init(adapter: "clustering"))
    }
  }

  @Test func `fewer dimensions: the first elements, normalised anew`() throws {
    let folder = try TemporaryFolder()
    try addJina("jina-eurobert", to: folder)
    let model = folder.url.appending(path: "encoder")
    let whole = try SentenceEncoder(contentsOf: model, adapter: "classification")
    let short = try SentenceEncoder(
      contentsOf: model, adapter: "classification", dimensions: 7)
    #expect(short.dimension == 7)
    for (whole, short) in zip(try whole.embed(Self.texts), try short.embed(Self.texts)) {
      let kept = whole.vector.prefix(7)
      let length = kept.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for (a, b) in zip(kept, short.vector) { #expect(abs(a / length - b) < 1e-6) }
      #expect(short.vector.count == 7)
    }
    #expect(throws: TransformerError.dimensionsOutOfRange(25, of: 24)) {
      _ = try SentenceEncoder(contentsOf: model, adapter: "classification", dimensions: 25)
    }
  }

  @Test func `Direction of harm: four labels, their edges and what follows for whom`() throws {
    let folder = try StandIns.bundle("direction-of-harm")
    try StandIns.classifier(
      "deberta-classifier-multi", labels: 4, output: "classifier.", in: folder, at: "model")
    let moderator = try Moderator(contentsOf: folder.url)
    let names = ["self_harm", "harming_others", "harmed_by_others", "reference_to_harm"]
    #expect(moderator.bundle.labels.map(\.threshold) == [0.30, 0.27, 0.33, 0.35])
    let verdicts = try moderator.moderate(Self.texts)
    #expect(verdicts.contains { $0.isFlagged })
    for verdict in verdicts {
      #expect(verdict.labels.map(\.name) == names)
      #expect(verdict.labels.allSatisfy { (0...1).contains($0.score) })
      #expect(verdict.directions?.map(\.label) == verdict.flaggedLabels.map(\.name))
      let author = Set(verdict.actions.forAuthor.map(\.id))
      let readers = Set(verdict.actions.forReaders.map(\.id))
      for label in verdict.labels {
        let (toAuthor, toReaders) = Self.policy[label.name] ?? ("", "")
        guard label.isFlagged else { continue }
        #expect(toAuthor.isEmpty || author.contains(toAuthor))
        #expect(readers.contains(toReaders))
      }
    }
    #expect(try moderator.moderate("zzz") == verdicts[2])
  }

  /// To the author and to other readers, from the authors' table.
  static let policy = [
    "self_harm": ("suicide-helpline", "trigger-warning"),
    "harming_others": ("warn-or-block", "prompt-report"),
    "harmed_by_others": ("abuse-helpline", "trigger-warning"),
    "reference_to_harm": ("", "trigger-warning"),
  ]

  @Test func `Lilith: eighteen categories, tuned thresholds, prefixes that change the scores`()
    throws
  {
    let folder = try StandIns.bundle("lilith")
    try StandIns.classifier(
      "mpnet-classifier-multi", labels: 18, output: "classifier.out_proj.", in: folder, at: "model")
    let moderator = try Moderator(contentsOf: folder.url)
    #expect(moderator.bundle.labels.count == 18)
    let tuned = [
      "threats": 0.58, "law_enforcement": 0.63, "adult_content": 0.45, "predatory_behavior": 0.44,
      "harassment": 0.42, "ncii": 0.38,
    ]
    for label in moderator.bundle.labels {
      #expect(label.threshold == tuned[label.name] ?? 0.3)
    }
    let message = Message("the cat", context: ["adult", "message"])
    #expect(try moderator.bundle.modelText(of: message).joined == "[ADULT][MESSAGE] the cat")
    let plain = try moderator.moderate("the cat")
    let prefixed = try moderator.moderate([message])[0]
    #expect(plain.labels.map(\.score) != prefixed.labels.map(\.score))
    let other = try moderator.moderate("the cat", context: ["message", "ADULT"])
    #expect(prefixed.labels == other.labels)
    #expect(throws: ModerationError.self) {
      try moderator.moderate("the cat", context: ["children"])
    }
  }

  @Test func `A long text is cut visibly, or read in windows when asked`() throws {
    let folder = try StandIns.bundle("direction-of-harm")
    try StandIns.classifier(
      "deberta-classifier-multi", labels: 4, output: "classifier.", in: folder, at: "model")
    let text = String(repeating: "the cat sat on the mat ", count: 6)
    var options = Moderator.Options(maximumTokens: 12)
    let cut = try Moderator(contentsOf: folder.url, options: options).moderate(text)
    #expect(cut.isTruncated && cut.windowCount == 1 && cut.tokenCount == 38)
    options.usesWindows = true
    let read = try Moderator(contentsOf: folder.url, options: options).moderate(text)
    #expect(!read.isTruncated && read.windowCount > 3 && read.tokenCount == 38)
    for (window, first) in zip(read.labels, cut.labels) { #expect(window.score >= first.score) }
  }

  @Test func `Several heads share one encoder pass`() throws {
    let folder = try TemporaryFolder()
    try folder.copy(Checkout.models.appending(path: "pooling-mean-normalized"), to: "encoder")
    try StandIns.head([1, 2, 3, 4, 5, 6, 7, 8], in: folder, at: "a")
    try StandIns.head([-1, 2, -3, 4, -5, 6, -7, 8], in: folder, at: "b")
    try folder.write(
      """
      {"format": 1, "name": "two", "model": {"kind": "encoder", "path": "encoder"},
       "heads": [{"name": "a", "path": "a"}, {"name": "b", "path": "b"}],
       "labels": [{"name": "a", "scores": [{"head": "a", "class": "1"}]},
                  {"name": "b", "scores": [{"head": "b", "class": "1"}]},
                  {"name": "mean", "scores": [{"head": "a", "class": "1"},
                                              {"head": "b", "class": "1"}]}]}
      """, to: "moderation.json")
    let verdict = try Moderator(contentsOf: folder.url).moderate("the cat sat")
    let scores = verdict.labels.map(\.score)
    #expect(scores[0] != scores[1])
    #expect(abs((scores[0] + scores[1]) / 2 - scores[2]) < 1e-6)
  }

  @Test func `A head for another encoder is refused`() throws {
    let folder = try StandIns.bundle("balance-tes-haters")
    try folder.copy(
      Checkout.models.appending(path: "pooling-xlm-roberta-cls-normalized"), to: "encoder")
    try StandIns.head([1, 2, 3], in: folder, at: "head")
    #expect(
      throws: ModerationError.dimensionMismatch(head: "harassment", expected: 3, encoder: 8)
    ) { try Moderator(contentsOf: folder.url) }
  }
}

/// A folder that is just a Hugging Face sequence classifier.
@Suite struct BareClassifierTests {
  private func classifier(_ fixture: String, problem: String?) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let source = Checkout.models.appending(path: fixture)
    try folder.copy(source.appending(path: "model.safetensors"), to: "model.safetensors")
    try folder.copy(StandIns.tokenizer, to: "tokenizer.json")
    guard
      case .object(var config) = try JSONValue(
        parsing: [UInt8](Data(contentsOf: source.appending(path: "config.json"))))
    else { return folder }
    config["problem_type"] = problem.map { .string($0) }
    try folder.write(
      String(decoding: JSONValue.object(config).encoded(), as: UTF8.self), to: "config.json")
    return folder
  }

  @Test func `Several labels that may hold are sigmoids, in the order of id2label`() throws {
    let folder = try classifier(
      "mpnet-classifier-multi", problem: "multi_label_classification")
    let moderator = try Moderator(contentsOf: folder.url)
    let verdict = try moderator.moderate("the cat sat")
    #expect(verdict.labels.map(\.name) == ["a", "b", "c"])
    #expect(verdict.labels.allSatisfy { $0.threshold == 0.5 && $0.severity == .medium })
    #expect(abs(verdict.labels.reduce(0) { $0 + $1.score } - 1) > 1e-3)
  }

  @Test(arguments: ["single_label_classification", nil])
  func `One label of several is a softmax`(problem: String?) throws {
    let folder = try classifier("mpnet-classifier-multi", problem: problem)
    let verdict = try Moderator(contentsOf: folder.url).moderate("the cat sat")
    #expect(abs(verdict.labels.reduce(0) { $0 + $1.score } - 1) < 1e-6)
  }

  @Test func `An encoder alone is no moderator`() {
    let folder = Checkout.models.appending(path: "pooling-mean-normalized")
    #expect(throws: ModerationError.notAModel(folder: folder.path)) {
      try Moderator(contentsOf: folder)
    }
  }

  @Test func `Classes of one name are an error that names it`() throws {
    let folder = try classifier("mpnet-classifier-multi", problem: nil)
    guard
      case .object(var config) = try JSONValue(
        parsing: [UInt8](Data(contentsOf: folder.url.appending(path: "config.json"))))
    else { return }
    config["id2label"] = ["0": "insult", "1": "insult", "2": "other"]
    config["label2id"] = nil
    try folder.write(JSONValue.object(config).encoded(), to: "config.json")
    #expect(throws: ModerationError.duplicateLabel("insult")) {
      try Moderator(contentsOf: folder.url)
    }
    // A label that reads neither of them is fine; one that reads "insult" is not.
    func bundle(_ name: String) -> String {
      #"{"format": 1, "name": "b", "model": {"kind": "classifier", "path": "."}, "labels": "#
        + #"[{"name": "\#(name)"}]}"#
    }
    try folder.write(bundle("other"), to: "moderation.json")
    #expect(try Moderator(contentsOf: folder.url).moderate("the cat").labels.count == 1)
    try folder.write(bundle("insult"), to: "moderation.json")
    #expect(
      throws: ModerationError.ambiguousClass(label: "insult", head: "head", className: "insult")
    ) { try Moderator(contentsOf: folder.url) }
  }

  @Test func `Precision that is not there is refused by name`() throws {
    let folder = try classifier("mpnet-classifier-multi", problem: nil)
    var bundle = try ModelSource(contentsOf: folder.url).moderatorBundle()
    bundle.model.precisions = [.float32]
    let source = ModelSource.bundle(bundle, folder: folder.url, model: folder.url)
    let error = #expect(throws: ModerationError.self) {
      try Moderator(source, options: .init(precision: .int8))
    }
    #expect(error == .unsupportedPrecision("int8", allowed: ["float32"]))
  }
}
