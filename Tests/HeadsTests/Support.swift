import Foundation
import JSON
import Safetensors
import Testing

@testable import Heads

let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "Fixtures/heads")

/// A folder that exists during the call.
func withFolder(_ body: (URL) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("heads-\(UInt64.random(in: 0 ... .max))")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder)
}

/// The largest difference of two arrays; infinite if the lengths differ or only one is NaN. Above 1,
/// differences are relative.
func difference(_ left: [Double], _ right: [Double]) -> Double {
  guard left.count == right.count else { return .infinity }
  var largest = 0.0
  for (left, right) in zip(left, right) where left != right && !(left.isNaN && right.isNaN) {
    let difference = abs(left - right) / max(1, abs(right))
    largest = difference.isNaN ? .infinity : max(largest, difference)
  }
  return largest
}
