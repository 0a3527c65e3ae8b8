/// A line of a list of words that cannot be read. Lines are counted from 1.
public struct RespellingError: Error, Sendable, Equatable {
  public var file: String
  public var line: Int
}

extension RespellingError: CustomStringConvertible {
  public var description: String {
    "\(file), line \(line): must be a word, a tabulator and a cost from 1 to 10000"
  }
}
