import Foundation
import JSON
import Moderation
import Tensor
import TestSupport
import Testing

@testable import ModerationEvaluation

/// Bundles of the four shapes, with small random weights, from evaluation over tuning to the gate.
@Suite("The four kinds of bundle go through evaluate, tune and gate")
struct BundlesTests {
  enum Kind: String, CaseIterable {
    case eighteenCategories = "18 categories with contexts"
    case fourLabels = "4 labels with directions"
    case fiveLabels = "5 labels of characters and words"
    case binary = "binary"

    func folder() throws -> TemporaryFolder {
      switch self {
      case .eighteenCategories:
        let folder = try StandIns.bundle("lilith")
        try StandIns.classifier(
          "mpnet-classifier-multi", labels: 18, output: "classifier.out_proj.", in: folder,
          at: "model")
        return folder
      case .fourLabels:
        let folder = try StandIns.bundle("direction-of-harm")
        try StandIns.classifier(
          "deberta-classifier-multi", labels: 4, output: "classifier.", in: folder, at: "model")
        return folder
      case .fiveLabels:
        let folder = try TemporaryFolder()
        try folder.copy(
          Checkout.fixtures("recurrent/small"), to: "model")
        let labels = ["offensive", "obscene", "threatening", "insult", "hate"]
          .map { #"{"name": "\#($0)"}"# }.joined(separator: ", ")
        try folder.write(
          #"{"format": 1, "name": "words", "model": {"kind": "characterWord", "path": "model"}, "#
            + #""labels": [\#(labels)]}"#, to: "moderation.json")
        return folder
      case .binary:
        let folder = try StandIns.bundle("balance-tes-haters")
        try folder.copy(
          Checkout.models.appending(path: "pooling-xlm-roberta-cls-normalized"), to: "encoder")
        try StandIns.head([3.0, -2, 1.5, 0.5, -1, 2, -3, 1], in: folder, at: "head")
        return folder
      }
    }
  }

  @Test(arguments: Kind.allCases)
  func `evaluate, tune, write back, evaluate again, gate`(kind: Kind) throws {
    let folder = try kind.folder()
    let moderator = try Moderator(contentsOf: folder.url)
    let hasContext = kind == .eighteenCategories
    let (validation, test) = try Self.data(for: moderator, withContext: hasContext)

    let before = try Self.evaluate(moderator, test)
    #expect(before.labels.count == moderator.bundle.labels.count)
    #expect(!Gate(bar: 0.85).failures(of: before).isEmpty)

    var evaluator = Evaluator(moderator)
    for example in validation { try evaluator.add(example) }
    try evaluator.finish()
    let tuning = BundleTuning(evaluator.labels, rows: evaluator.rows, tuner: ThresholdTuner())
    try folder.write(
      tuning.applied(to: moderator.bundle, source: "v.jsonl").encoded(), to: "moderation.json")

    let tuned = try Moderator(contentsOf: folder.url)
    #expect(tuned.bundle.labels.allSatisfy { $0.support?.source == "v.jsonl" })
    #expect(tuned.bundle.labels.map(\.severity) == moderator.bundle.labels.map(\.severity))
    let after = try Self.evaluate(tuned, test)
    #expect(after.means.macro.f1 > before.means.macro.f1)
    // Truths follow the scores but for every twentieth, so that tuned thresholds find them.
    #expect(after.labels.allSatisfy { ($0.areaUnderROC ?? 0) > 0.8 })
    #expect(Gate(bar: 0.7).failures(of: after).map(\.description) == [])
    #expect(!Gate(bar: 0.999).failures(of: after).isEmpty)
    #expect(!Gate().failures(of: before, baseline: after).isEmpty)
    #expect(Gate().failures(of: after, baseline: after).isEmpty)
  }

  @Test(arguments: Kind.allCases)
  func `each runs in float32, and in int8 when asked, unless it says otherwise`(kind: Kind) throws {
    let folder = try kind.folder()
    func scores(_ precision: Precision?) throws -> [Float] {
      let moderator = try Moderator(contentsOf: folder.url, options: .init(precision: precision))
      return try moderator.moderate("we meet at noon!").labels.map(\.rawScore)
    }
    let (usual, int8) = (try scores(nil), try scores(.int8))
    #expect(try usual == scores(.float32))
    #expect(usual != int8)
    #expect(zip(usual, int8).allSatisfy { abs($0 - $1) < 0.1 }, "\(usual), \(int8)")
    var bundle = try Moderator(contentsOf: folder.url).bundle
    bundle.model.precisions = [.float32]
    try folder.write(bundle.encoded(), to: "moderation.json")
    #expect(throws: ModerationError.self) { try scores(.int8) }
  }

  private static func evaluate(
    _ moderator: Moderator, _ examples: [LabelledExample]
  ) throws -> EvaluationRun {
    var evaluator = Evaluator(moderator, fields: ["context"])
    for example in examples { try evaluator.add(example) }
    try evaluator.finish()
    return evaluator.run(
      .init(model: moderator.bundle.name, dataset: "test"), bootstrap: Bootstrap(resamples: 20))
  }

  /// Texts of the small vocabularies, annotated by where the model's score lies among them.
  private static func data(
    for moderator: Moderator, withContext: Bool
  ) throws -> (validation: [LabelledExample], test: [LabelledExample]) {
    var generator = SeededGenerator(seed: 12)
    let words = [
      "the", "cat", "dog", "sat", "on", "mat", "quick", "brown", "fox", "over", "lazy", "and", "we",
      "meet", "at", "noon", "!", "running",
    ]
    var examples = (0..<240).map { index in
      let text = (0..<3 + generator.next(below: 8))
        .compactMap { _ in generator.pick(words) }.joined(separator: " ")
      let context = withContext ? [["adult", "message"], ["general", "bio"]][index % 2] : []
      return LabelledExample(
        line: index + 1, text: text, labels: [:],
        metadata: ["context": context.joined(separator: "+")], context: context)
    }
    let scored = try moderator.rawScores(of: examples.map(\.message)).map { try $0.get() }
    for (label, definition) in moderator.bundle.labels.enumerated() {
      let sorted = scored.map { $0.scores[label] }.sorted()
      // The bundle's own thresholds mean nothing to random weights.
      let cut = sorted[sorted.count * 3 / 5]
      for index in examples.indices {
        let truth = scored[index].scores[label] >= cut
        examples[index].labels[definition.name] = index % 20 == label % 20 ? !truth : truth
      }
    }
    return (Array(examples.prefix(120)), Array(examples.suffix(120)))
  }
}
