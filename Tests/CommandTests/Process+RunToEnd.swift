import Dispatch
import Foundation

extension Process {
  /// Runs the process until it has ended.
  ///
  /// Not `waitUntilExit`: it turns the run loop of the calling thread, and on a thread of the
  /// concurrency pool it has been seen to miss the end.
  func runToEnd() throws {
    let end = DispatchSemaphore(value: 0)
    terminationHandler = { _ in end.signal() }
    try run()
    end.wait()
  }
}
