import JSON
import Moderation
import Platform
import Tensor
import Tokenizers
import Transformer

/// A moderator that the server has loaded, under the name that requests call it by.
final class LoadedModel: Sendable {
  let name: String
  let moderator: Moderator
  /// The SHA-256 of the bundle's `moderation.json` and of the files it vouches for; it changes when
  /// what the model says can change.
  let digest: String
  /// Seconds since 1970.
  let loadedAt: Int

  init(name: String, moderator: Moderator, digest: String) {
    self.name = name
    self.moderator = moderator
    self.digest = digest
    loadedAt = Int(Date().timeIntervalSince1970)
  }

  /// About how many tokens the model reads for a text, by its bytes: what admission and batches count
  /// in. Counting them exactly would be work done before the request is admitted.
  func cost(of text: String) -> Int {
    let tokens = text.utf8.count / 4 + 3
    if case .truncate = moderator.longTexts, let most = moderator.maximumTokens {
      return min(tokens, most)
    }
    return tokens
  }

  /// The tokens of a text, special ones included; its words, where the model's tokens are words.
  func tokenCount(of text: String) -> Int {
    guard let input = moderator.input else {
      return text.split { $0.isWhitespace }.count
    }
    return input.tokenizer.encode(text).count
  }

  /// Refuses a text that has too many tokens.
  func check(_ text: String, limits: Limits, parameter: String) throws(RequestProblem) {
    // A token has at least a byte, so most texts need not be counted.
    guard text.utf8.count > limits.messageTokens else { return }
    let count = tokenCount(of: text)
    guard count > limits.messageTokens else { return }
    throw RequestProblem(
      .tooLarge, "has \(count) tokens; a message may have \(limits.messageTokens)",
      parameter: parameter)
  }
}
