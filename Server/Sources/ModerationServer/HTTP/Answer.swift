import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// An answer before it is written: status, headers, body.
struct Answer: Sendable {
  var status: Int
  var headers: [(HTTPField.Name, String)] = []
  var body: ResponseBody
  var mediaType: String

  init(_ json: JSONValue, status: Int = 200, headers: [(HTTPField.Name, String)] = []) {
    self.init(
      status: status, mediaType: "application/json", bytes: json.encoded(), headers: headers)
  }

  init(
    status: Int = 200, mediaType: String, bytes: [UInt8], headers: [(HTTPField.Name, String)] = []
  ) {
    self.init(
      status: status, mediaType: mediaType,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)),
      headers: headers)
  }

  init(
    status: Int = 200, mediaType: String, body: ResponseBody,
    headers: [(HTTPField.Name, String)] = []
  ) {
    self.status = status
    self.mediaType = mediaType
    self.body = body
    self.headers = headers
  }

  /// An answer without a body.
  static func empty(_ status: Int) -> Answer {
    Answer(status: status, mediaType: "", body: ResponseBody())
  }

  var response: Response {
    var fields = HTTPFields()
    if !mediaType.isEmpty { fields[.contentType] = mediaType }
    for (name, value) in headers { fields[name] = value }
    return Response(
      status: HTTPResponse.Status(code: status), headers: fields, body: body)
  }
}

extension RequestProblem {
  /// `Retry-After` in whole seconds, and in milliseconds for the clients that read them.
  var retryHeaders: [(HTTPField.Name, String)] {
    guard let retryAfter else { return [] }
    return [
      (.retryAfter, String(Int(retryAfter.rounded(.up)))),
      (.retryAfterMilliseconds, String(Int((retryAfter * 1000).rounded(.up)))),
    ]
  }
}
