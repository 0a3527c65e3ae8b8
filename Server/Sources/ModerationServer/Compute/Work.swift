import Moderation
import Transformer

/// What a request wants of a model, item by item.
enum Work: Sendable {
  case verdicts([Message])
  /// The vectors of token sequences.
  case vectors([TokenSequence])
  /// A vector for each token of a sequence.
  case tokenVectors([TokenSequence])

  /// Items of different kinds do not go through a model together.
  enum Kind: Sendable {
    case verdicts, vectors, tokenVectors
  }

  var kind: Kind {
    switch self {
    case .verdicts: .verdicts
    case .vectors: .vectors
    case .tokenVectors: .tokenVectors
    }
  }

  var count: Int {
    switch self {
    case .verdicts(let messages): messages.count
    case .vectors(let sequences), .tokenVectors(let sequences): sequences.count
    }
  }

  /// About how many tokens each item has.
  func costs(_ model: LoadedModel) -> [Int] {
    switch self {
    case .verdicts(let messages): messages.map { model.cost(of: $0.text) }
    case .vectors(let sequences), .tokenVectors(let sequences): sequences.map(\.ids.count)
    }
  }
}

/// What became of one item.
enum WorkResult: Sendable {
  case verdict(Verdict)
  case vector([Float])
  case tokenVectors([[Float]])
  case failure(ModerationError)
}

extension LoadedModel {
  /// Computes items of one kind, from any number of requests. An item that fails has an error of its
  /// own; what the others give does not depend on it, nor on who shares the batch.
  func compute(_ kind: Work.Kind, _ items: [(work: Work, index: Int)]) -> [WorkResult] {
    switch kind {
    case .verdicts:
      let messages = items.compactMap { item -> Message? in
        if case .verdicts(let messages) = item.work { messages[item.index] } else { nil }
      }
      return moderator.moderateEach(messages).map { result in
        switch result {
        case .success(let verdict): .verdict(verdict)
        case .failure(let error): .failure(error)
        }
      }
    case .vectors:
      return encode(items) { encoder, sequences throws(TransformerError) in
        try encoder.embed(sequences).map { .vector($0) }
      }
    case .tokenVectors:
      return encode(items) { encoder, sequences throws(TransformerError) in
        try encoder.encoder.hiddenStates(of: sequences).map { .tokenVectors($0) }
      }
    }
  }

  private func encode(
    _ items: [(work: Work, index: Int)],
    _ run: (SentenceEncoder, [TokenSequence]) throws(TransformerError) -> [WorkResult]
  ) -> [WorkResult] {
    let sequences = items.compactMap { item -> TokenSequence? in
      switch item.work {
      case .vectors(let sequences), .tokenVectors(let sequences): sequences[item.index]
      case .verdicts: nil
      }
    }
    guard let encoder = moderator.encoder else {
      return sequences.map { _ in .failure(.notAModel(folder: name)) }
    }
    if let results = try? run(encoder, sequences) { return results }
    return sequences.map { sequence in
      do throws(TransformerError) {
        return try run(encoder, [sequence])[0]
      } catch {
        return .failure(.transformer(error))
      }
    }
  }
}
