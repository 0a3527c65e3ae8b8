import Platform

extension EvaluationRun {
  /// Reads what ``encoded()`` wrote.
  ///
  /// - Parameter file: what errors call the text.
  /// - Throws: ``EvaluationError/malformed(file:reason:)``.
  public init(parsing bytes: [UInt8], file: String) throws(EvaluationError) {
    do {
      self = try JSONDecoder().decode(EvaluationRun.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw .malformed(file: file, reason: Self.reason(error))
    } catch {
      throw .malformed(file: file, reason: "\(error)")
    }
    guard format == Self.formatVersion else {
      throw .malformed(
        file: file,
        reason: "format is \(format); this version of swift-moderation reads \(Self.formatVersion)")
    }
  }

  /// The run as JSON, keys sorted, one value a line, so that two runs can be compared by `diff`.
  public func encoded() throws(EvaluationError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    } catch {
      throw .malformed(file: dataset, reason: "the run has a number that JSON cannot hold")
    }
  }

  private static func reason(_ error: DecodingError) -> String {
    func path(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    return switch error {
    case .keyNotFound(let key, let context):
      "\((context.codingPath + [key]).map(\.stringValue).joined(separator: ".")) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(path(context)) is not what an evaluation run has there"
    default: "not the JSON of an evaluation run"
    }
  }
}
