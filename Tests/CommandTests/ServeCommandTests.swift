import Testing

@testable import moderate

/// Where `moderate serve` looks for its program.
@Suite struct ServeCommandTests {
  @Test func `Beside this program first, then in PATH`() {
    let places = Serve.places(program: "/opt/bin/moderate", environment: ["PATH": "/a:/b"])
    let beside = places.firstIndex(of: "/opt/bin/moderate-server")
    let path = places.firstIndex(of: "/a/moderate-server")
    #expect(beside != nil && path != nil)
    #expect((beside ?? 0) < (path ?? 0))
    #expect(places.last == "/b/moderate-server")
  }
}
