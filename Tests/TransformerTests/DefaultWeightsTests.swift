import Foundation
import JSON
import TestSupport
import Testing
import Tokenizers

@testable import Transformer

/// The committed int8 weights of the default moderator, against the float32 ones they were made from.
@Suite struct DefaultWeightsTests {
  @Test func `Sentences, plain and disguised, get PyTorch's ids, and its scores to within int8`()
    throws
  {
    let classifier = try SequenceClassifier(contentsOf: Checkout.weights.appending(path: "default"))
    #expect(classifier.labels == ["offensive", "obscene", "threatening", "insult", "hate"])
    #expect(classifier.problemType == .multiLabel)
    let goldens = try JSONValue(
      parsing: [UInt8](
        Data(contentsOf: Checkout.fixtures("transformers/default.json")))
    ).array()
    #expect(goldens.count >= 80)
    var (worst, sum): (Double, Double) = (0, 0)
    for golden in goldens {
      let text = try golden.string("text")
      let ids = classifier.tokenizer.encode(text).ids
      #expect(try ids.map { Int($0) } == golden.ints("ids"), "\(text.debugDescription)")
      let logits = try classifier.logits(of: [TokenSequence(ids)])[0]
      for (actual, expected) in zip(logits, try golden.doubles("logits")) {
        let difference = abs(sigmoid(Double(actual)) - sigmoid(expected))
        worst = max(worst, difference)
        sum += difference
      }
    }
    #expect(worst <= 0.06, "\(worst)")
    #expect(sum / Double(5 * goldens.count) <= 0.003)
    #expect(worst > 0)
  }

  private func sigmoid(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }
}
