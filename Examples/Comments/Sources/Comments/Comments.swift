import Moderation

/// Reads comments, one a line, and prints those that nobody has to look at first.
///
///     printf 'Good morning\nYou are an idiot\n' | swift run -c release
@main
struct Comments {
  static func main() async throws {
    let moderator = try Moderator.default
    var held = 0
    while let comment = readLine() {
      let verdict = try moderator.moderate(comment)
      if verdict.isFlagged {
        held += 1
        print("held for review: \(verdict.flaggedLabels.map(\.name).joined(separator: ", "))")
      } else {
        print(comment)
      }
    }
    print("\(held) held")
  }
}
