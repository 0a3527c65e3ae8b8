import Recurrent
import Tensor

/// The recurrent network of characters and words. Its tokens are words.
struct RecurrentClassifier: TextClassifier {
  let heads: [HeadClasses]
  private let classifier: CharacterWordClassifier

  init(_ classifier: CharacterWordClassifier) {
    self.classifier = classifier
    heads = [HeadClasses(name: ModerationBundle.defaultHeadName, classes: classifier.labels)]
  }

  func classify(_ texts: [ModelText], longTexts: LongTextPolicy) throws(ModerationError)
    -> [Classification]
  {
    // Only the calling thread knows its task, so it asks between texts: a few for each thread.
    let step = 8 * classifier.processor.threads
    var results: [Classification] = []
    results.reserveCapacity(texts.count)
    while results.count < texts.count {
      if Task.isCancelled { throw .cancelled }
      let part = texts[results.count..<min(results.count + step, texts.count)]
      do throws(RecurrentError) {
        results += try classifier.processor.map(part.count) { (index) throws(RecurrentError) in
          try classify(part[part.startIndex + index], longTexts)
        }
      } catch {
        throw .recurrent(error)
      }
    }
    return results
  }

  private func classify(_ text: ModelText, _ policy: LongTextPolicy) throws(RecurrentError)
    -> Classification
  {
    let whole = try classifier.prepare(text.joined)
    guard whole.isTruncated, case .windows(let overlap, let combine) = policy else {
      return Classification(
        scores: try classifier.scores(of: whole).map(Double.init), tokenCount: whole.wordCount,
        isTruncated: whole.isTruncated)
    }
    let (windows, areCut) = try windows(of: text, overlap: overlap)
    var rows: [[Double]] = []
    for window in windows { rows.append(try classifier.scores(of: window).map(Double.init)) }
    return Classification(
      scores: combine(rows), tokenCount: whole.wordCount,
      isTruncated: areCut || windows.contains(where: \.isTruncated), windowCount: windows.count)
  }

  /// The text in pieces of whole words that fit, overlapping by a quarter of each or as asked for.
  /// A single word that does not fit stays cut. Also returns whether some pieces were left out.
  private func windows(of text: ModelText, overlap: Int?) throws(RecurrentError)
    -> ([PreparedText], areCut: Bool)
  {
    let words = text.text.split { $0.isWhitespace }
    guard var count = words.isEmpty ? nil : words.count else {
      return ([try classifier.prepare(text.joined)], false)
    }
    var windows: [PreparedText] = []
    var start = 0
    while true {
      count = min(count, words.count - start)
      var window = try piece(text, words[start..<start + count])
      while window.isTruncated, count > 1 {
        count = max(1, count * 3 / 4)
        window = try piece(text, words[start..<start + count])
      }
      windows.append(window)
      let isEnd = start + count == words.count
      if isEnd || windows.count == LongTextPolicy.maximumWindows { return (windows, !isEnd) }
      start += max(1, count - min(overlap ?? count / 4, count - 1))
      // Words may be shorter from here on: the next window tries to be longer again.
      count = count * 4 / 3 + 1
    }
  }

  private func piece(_ text: ModelText, _ words: ArraySlice<Substring>) throws(RecurrentError)
    -> PreparedText
  {
    guard let first = words.first, let last = words.last else {
      return try classifier.prepare(text.prefix)
    }
    return try classifier.prepare(text.prefix + text.text[first.startIndex..<last.endIndex])
  }
}
