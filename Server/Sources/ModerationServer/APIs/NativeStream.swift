import Hummingbird
import JSON
import Moderation
import NIOCore

/// JSON Lines in, JSON Lines out: each line a comment, each answer as soon as its pass is done.
///
/// A stream is not refused when much is waiting: it reads on when its lines have had their turn, so its
/// client is slowed down instead. A bad line has its error in its place, with its number.
enum NativeStream {
  /// Lines that are judged together.
  private static let batch = 64

  static func answer(_ call: Call) throws -> Answer {
    let model = try call.model(named: call.query("model"))
    let options = NativeAPI.Options(model: model.name, spans: try NativeAPI.spans(call) ?? false)
    return Answer(
      mediaType: "application/x-ndjson",
      body: ResponseBody { writer in
        var lines = LineBuffer(limit: call.server.limits.bodyBytes)
        var number = 0
        for try await buffer in call.request.body {
          call.record.update { $0.bytes += buffer.readableBytes }
          lines.append(buffer.readableBytesView)
          while let some = lines.next(upTo: batch) {
            try await writer.write(try await judge(some, &number, options, model, call))
          }
        }
        if let last = lines.rest() {
          try await writer.write(try await judge([last], &number, options, model, call))
        }
        try await writer.finish(nil)
      })
  }

  private static func judge(
    _ lines: [LineBuffer.Line], _ number: inout Int, _ options: NativeAPI.Options,
    _ model: LoadedModel, _ call: Call
  ) async throws -> ByteBuffer {
    var comments: [JSONValue] = []
    var results: [(line: Int, Result<Int, RequestProblem>)] = []
    for line in lines {
      number += 1
      if case .bytes(let bytes) = line, bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 })
      {
        continue
      }
      let parsed = Result { () throws(RequestProblem) in
        switch line {
        case .bytes(let bytes): try Call.json(bytes)
        case .tooLong:
          throw RequestProblem(.tooLarge, "A line may have \(call.server.limits.bodyBytes) bytes.")
        }
      }
      results.append((number, parsed.map { _ in comments.count }))
      if let comment = try? parsed.get() { comments.append(comment) }
    }
    let judged = try await NativeAPI.judge(comments, options, by: model, call, waits: true)
    var buffer = ByteBuffer()
    for (line, result) in results {
      do throws(RequestProblem) {
        buffer.writeBytes(try judged[try result.get()].get().encoded())
      } catch {
        let json: JSONValue = [
          "error": NativeAPI.errorJSON(error), "line": .number(JSONNumber(line)),
        ]
        buffer.writeBytes(json.encoded())
      }
      buffer.writeInteger(UInt8(ascii: "\n"))
    }
    return buffer
  }
}

/// Cuts what arrives into lines. A line over the limit is passed over without being kept.
struct LineBuffer {
  enum Line: Equatable {
    case bytes([UInt8])
    case tooLong
  }

  private let limit: Int
  private var lines: [Line] = []
  private var open: [UInt8] = []
  private var isOpenTooLong = false

  init(limit: Int) { self.limit = limit }

  mutating func append(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        lines.append(isOpenTooLong ? .tooLong : .bytes(open))
        open.removeAll(keepingCapacity: true)
        isOpenTooLong = false
      } else if open.count < limit {
        open.append(byte)
      } else {
        isOpenTooLong = true
      }
    }
  }

  /// Up to `count` whole lines; nil where there is none.
  mutating func next(upTo count: Int) -> [Line]? {
    guard !lines.isEmpty else { return nil }
    defer { lines.removeFirst(min(count, lines.count)) }
    return Array(lines.prefix(count))
  }

  /// The last line, where the text does not end with a line's end.
  func rest() -> Line? {
    if isOpenTooLong { return .tooLong }
    return open.isEmpty ? nil : .bytes(open)
  }
}
