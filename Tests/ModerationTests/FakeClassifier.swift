import Transformer

@testable import Moderation

/// A model whose scores stand in the text: the class of that name in `scores`, for each word.
struct FakeClassifier: TextClassifier {
  var heads: [HeadClasses]
  /// Score of a class, by a word that must occur in the text.
  var scores: [String: [String: Double]]

  /// Texts with this word cannot be read.
  var unreadable: String?

  func classify(_ texts: [ModelText], longTexts: LongTextPolicy) throws(ModerationError)
    -> [Classification]
  {
    if let unreadable, texts.contains(where: { $0.text.contains(unreadable) }) {
      throw .transformer(.tokenOutOfRange(id: 9, vocabulary: 8))
    }
    return texts.map { text in
      let words = text.joined.split(separator: " ").map(String.init)
      let classes = heads.flatMap { head in
        head.classes.map { name in words.compactMap { scores[$0]?[name] }.max() ?? 0 }
      }
      return Classification(
        scores: classes, tokenCount: words.count + 2, isTruncated: words.count > 8)
    }
  }
}

extension ModerationBundle {
  /// The four labels of who harms whom, with their thresholds and policy.
  static let directions = ModerationBundle(
    name: "directions", model: ModelReference(kind: .classifier, path: "model"),
    labels: [
      LabelDefinition(
        name: "self_harm", threshold: 0.3, severity: .critical,
        direction: HarmDirection(from: .author, to: .author), authorActions: ["helpline"],
        readerActions: ["trigger-warning"]),
      LabelDefinition(
        name: "harming_others", threshold: 0.27, severity: .high,
        direction: HarmDirection(from: .author, to: .others), authorActions: ["warn"],
        readerActions: ["report"]),
      LabelDefinition(
        name: "harmed_by_others", threshold: 0.33, severity: .medium,
        direction: HarmDirection(from: .others, to: .author), authorActions: ["helpline"],
        readerActions: ["trigger-warning"]),
      LabelDefinition(
        name: "reference_to_harm", threshold: 0.35, severity: .low,
        direction: HarmDirection(from: .others, to: .others),
        readerActions: ["trigger-warning"]),
    ],
    base: "no harm",
    actions: [
      Action(id: "helpline", text: "Show a helpline."),
      Action(id: "warn", text: "Warn the author."),
      Action(id: "report", text: "Ask readers to report it."),
      Action(id: "trigger-warning", text: "Hide it behind a warning."),
    ])
}

extension FakeClassifier {
  static let directions = FakeClassifier(
    heads: [
      HeadClasses(
        name: ModerationBundle.defaultHeadName,
        classes: ["reference_to_harm", "harmed_by_others", "harming_others", "self_harm"])
    ],
    scores: [
      "I'm": ["self_harm": 0.9], "He's": ["harming_others": 0.8],
      "told": ["reference_to_harm": 0.7], "They": ["harmed_by_others": 0.33],
      "almost": ["harmed_by_others": 0.3299],
    ])
}
