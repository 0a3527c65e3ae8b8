import Foundation
import TestSupport
import Testing

@testable import Moderation

@Suite struct ModelSourceTests {
  @Test func `A folder with a moderation.json is a bundle, another a model alone`() throws {
    let folder = try StandIns.bundle("direction-of-harm")
    #expect(throws: ModerationError.self) { try ModelSource(contentsOf: folder.url) }
    try folder.write("{}", to: "model/config.json")
    let source = try ModelSource(contentsOf: folder.url)
    #expect(source.bundle?.name == "direction-of-harm")
    #expect(source.folder == folder.url)
    #expect(source.model == folder.url.appending(path: "model"))
    let model = try ModelSource(named: folder.path(of: "model"))
    #expect(model.bundle == nil)
    #expect(model.model == model.folder)
  }

  @Test func `A moderation.json that is a link to nothing is an error, not a model without one`()
    throws
  {
    let folder = try TemporaryFolder()
    try folder.write("{}", to: "config.json")
    for target in ["lost.json", "moderation.json"] {
      let link = folder.path(of: "moderation.json")
      try? FileManager.default.removeItem(atPath: link)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
      #expect {
        _ = try ModelSource(contentsOf: folder.url)
      } throws: {
        "\($0)".contains("moderation.json")
      }
    }
  }
}

@Suite struct BatchAttemptTests {
  struct Odd: Error, Equatable { let number: Int }

  /// Doubles numbers, but fails on the first odd one.
  private func doubled(_ numbers: [Int]) throws(Odd) -> [Int] {
    if let odd = numbers.first(where: { $0 % 2 == 1 }) { throw Odd(number: odd) }
    return numbers.map { $0 * 2 }
  }

  @Test func `An error stays with the item that caused it`() throws {
    let results = attempt([2, 3, 4, 5], doubled)
    #expect(try results[0].get() == 4)
    #expect(throws: Odd(number: 3)) { try results[1].get() }
    #expect(try results[2].get() == 8)
    #expect(throws: Odd(number: 5)) { try results[3].get() }
  }

  @Test func `A batch that works is worked on once`() throws {
    var calls = 0
    let results = attempt([1, 2, 3]) { (numbers) throws(Odd) in
      calls += 1
      return numbers
    }
    #expect(try results.map { try $0.get() } == [1, 2, 3])
    #expect(calls == 1)
    #expect(attempt([], doubled).isEmpty)
  }
}
