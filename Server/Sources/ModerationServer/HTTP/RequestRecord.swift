import Hummingbird
import Synchronization

/// What is known about a request, for its line in the log and for the metrics. It has no text in it.
final class RequestRecord: Sendable {
  struct Values: Sendable {
    var api = API.server
    /// The route's pattern, not the path.
    var route = ""
    var model: String?
    var key: String?
    var tenant: Tenant?
    var items = 0
    var bytes = 0
    var times = Submission.Times()
    var problem: String?
    var isBodyRead = false
  }

  let requestID: String
  let trace: TraceContext
  private let values = Mutex(Values())

  init(_ request: Request) {
    requestID = Self.requestID(request.headers[.requestID])
    trace = TraceContext(request.headers[.traceparent])
  }

  func update(_ change: (inout Values) -> Void) { values.withLock { change(&$0) } }
  var current: Values { values.withLock { $0 } }

  /// The caller's id where it is short and plain, else one of our own.
  private static func requestID(_ given: String?) -> String {
    if let given, (1...128).contains(given.utf8.count),
      given.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") })
    {
      return given
    }
    return TraceContext.hexadecimal(UInt64.random(in: .min ... .max))
      + TraceContext.hexadecimal(UInt64.random(in: .min ... .max))
  }
}
