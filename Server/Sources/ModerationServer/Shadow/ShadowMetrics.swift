import Metrics
import Moderation
import Synchronization

/// What is counted about shadows.
final class ShadowMetrics: Sendable {
  /// Whether a shadow flags what was not flagged, or clears what was.
  enum Direction: String, CaseIterable {
    case flags, clears
  }

  private let factory: PrometheusFactory
  private static let results = ["compared", "dropped", "failed"]

  init(_ factory: PrometheusFactory) {
    self.factory = factory
    factory.describe(
      "moderation_shadow_messages_total", .counter, "Messages that a shadow was to judge.")
    factory.describe(
      "moderation_shadow_disagreements_total", .counter,
      "Labels on which a shadow decided otherwise than the answer.")
  }

  /// Makes all series of the shadows, at zero.
  func register(_ shadows: [LoadedModel]) {
    for shadow in shadows {
      for result in Self.results { _ = messages(result, shadow) }
      for label in shadow.moderator.bundle.labels {
        for direction in Direction.allCases { _ = disagreements(label.name, direction, shadow) }
      }
    }
  }

  func count(_ result: String, by shadow: LoadedModel) { messages(result, shadow).increment() }

  func disagreement(on label: LabelVerdict, by shadow: LoadedModel) {
    disagreements(label.name, label.isFlagged ? .flags : .clears, shadow).increment()
  }

  private func messages(_ result: String, _ shadow: LoadedModel) -> Counter {
    Counter(
      label: "moderation_shadow_messages_total",
      dimensions: [("shadow", shadow.name), ("result", result)], factory: factory)
  }

  private func disagreements(_ label: String, _ direction: Direction, _ shadow: LoadedModel)
    -> Counter
  {
    Counter(
      label: "moderation_shadow_disagreements_total",
      dimensions: [
        ("shadow", shadow.name), ("label", label), ("direction", direction.rawValue),
      ], factory: factory)
  }
}
