import Foundation
import HTTPTypes
import JSON
import Metrics
import Moderation
import Testing

@testable import ModerationServer

/// Metrics, traces and the description of the routes.
@Suite struct ObservabilityTests {
  private let models: SmallModels

  init() throws { models = try SmallModels() }

  @Test func `Counters, gauges and histograms in the text format`() {
    let factory = PrometheusFactory()
    factory.describe("a_total", .counter, "A \\ and\nanother line.")
    factory.describe("s", .histogram, "Sizes.", buckets: [1, 2.5])
    Counter(label: "a_total", dimensions: [("z", "1"), ("b", "q\"\\\n")], factory: factory)
      .increment(by: 3)
    Meter(label: "g", factory: factory).set(0.5)
    let sizes = Recorder(label: "s", dimensions: [("m", "x")], factory: factory)
    for value in [1.0, 2, 7] { sizes.record(value) }
    #expect(
      factory.text() == """
        # HELP a_total A \\\\ and\\nanother line.
        # TYPE a_total counter
        a_total{b="q\\"\\\\\\n",z="1"} 3
        # TYPE g gauge
        g 0.5
        # HELP s Sizes.
        # TYPE s histogram
        s_bucket{m="x",le="1"} 1
        s_bucket{m="x",le="2.5"} 2
        s_bucket{m="x",le="+Inf"} 3
        s_sum{m="x"} 10
        s_count{m="x"} 3

        """)
  }

  @Test func `Series are there before the first request, and hostile requests make none`()
    async throws
  {
    let server = InProcess(try ServerState([try models.classifier()]))
    func series() async throws -> Set<String> {
      let text = try await server.get("/metrics").text
      return Set(
        text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
          String($0.prefix { $0 != " " })
        })
    }
    let before = try await series()
    for name in [
      "moderation_requests_total{api=\"perspective\",status=\"429\"}", "te_queue_size",
      "te_request_failure{err=\"overloaded\"}", "te_request_count{method=\"single\"}",
      "moderation_flags_total{label=\"hate\",model=\"small\"}",
    ] {
      #expect(before.contains(name))
    }
    for index in 0..<50 {
      _ = try await server.get("/path\(index)?q=\(index)")
      _ = try await server.post("/v1/moderate", #"{"text": "a", "model": "m\#(index)"}"#)
    }
    _ = try await server.post("/predict", #"{"inputs": "a"}"#)
    #expect(try await series() == before)
  }

  @Test func `Requests, flags and TEI's counts are counted once`() async throws {
    let server = InProcess(try ServerState([try models.classifier(threshold: 0)]))
    _ = try await server.post("/predict", #"{"inputs": [["a"], ["b"]]}"#)
    _ = try await server.post("/predict", #"{"inputs": "a"}"#)
    let text = try await server.get("/metrics").text
    for line in [
      "te_request_count{method=\"single\"} 1", "te_request_count{method=\"batch\"} 1",
      "te_request_success{method=\"single\"} 1", "te_predict_count 3", "te_predict_success 3",
      "moderation_requests_total{api=\"tei\",status=\"2xx\"} 2",
      "moderation_flags_total{label=\"hate\",model=\"small\"} 3",
      "moderation_items_total{api=\"tei\"} 3",
    ] {
      #expect(text.contains(line + "\n"))
    }
  }

  @Test(arguments: [
    "", "00-x-y-01", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
  ])
  func `A trace that is not as the specification has it begins anew`(header: String) {
    let trace = TraceContext(header)
    #expect(trace.traceID.count == 32 && trace.traceID != "0af7651916cd43dd8448eb211c80319c")
    #expect(trace.spanID.count == 16 && trace.flags == "00")
  }

  @Test func `The description has every route, and no other`() throws {
    let document = try JSONValue(parsing: PackageResources.openapi_json)
    #expect(document["openapi"] == "3.1.0")
    var described: Set<String> = []
    for (path, methods) in try document.object("paths") {
      for method in try methods.object().keys { described.insert(method.uppercased() + " " + path) }
    }
    #expect(described == Set(Endpoints.all.map { "\($0.method.rawValue) \($0.path)" }))
    #expect(described.count == Endpoints.all.count)
  }

  @Test func `A page of another origin is let in where it is named`() async throws {
    let state = ServerState(
      models: try ModelRegistry(
        [ModelRequest(source: try models.classifier().path)], options: .init(threads: 1)),
      corsOrigins: ["https://a.test"])
    let server = InProcess(state)
    let preflight = try await server.send(
      .options, "/v1/moderate", "",
      ["origin": "https://a.test", "access-control-request-method": "POST"])
    #expect(preflight.status == 204)
    #expect(preflight.headers[.accessControlAllowOrigin] == "https://a.test")
    let other = try await server.get("/health", headers: ["origin": "https://b.test"])
    #expect(other.headers[.accessControlAllowOrigin] == nil)
  }
}
