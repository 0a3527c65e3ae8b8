import HTTPTypes

/// The page at `/` for trying messages in a browser. It is one document, asks this server alone, and runs no
/// script but its own.
enum Playground {
  /// The document, cut where the nonce stands.
  private static let parts: [String] = {
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    let scripts = [
      PackageResources.core_js, PackageResources.labels_js, PackageResources.spans_js,
      PackageResources.batch_js, PackageResources.requests_js, PackageResources.start_js,
    ]
    return text(PackageResources.page_html)
      .replacing("{{style}}", with: text(PackageResources.style_css))
      .replacing("{{script}}", with: scripts.map(text).joined(separator: "\n"))
      .split(separator: "{{nonce}}").map(String.init)
  }()

  /// Whether a request is a browser's, for a page.
  static func isWanted(_ call: Call) -> Bool {
    call.server.hasPlayground && call.header(.accept)?.contains("text/html") == true
  }

  /// The page, with a policy that lets nothing in from elsewhere.
  static func page() -> Answer {
    let nonce =
      TraceContext.hexadecimal(.random(in: .min ... .max))
      + TraceContext.hexadecimal(.random(in: .min ... .max))
    let policy = [
      "default-src 'none'", "script-src 'nonce-\(nonce)'", "style-src 'nonce-\(nonce)'",
      "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'",
      "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    ]
    return Answer(
      mediaType: "text/html; charset=utf-8", bytes: Array(parts.joined(separator: nonce).utf8),
      headers: [
        (.contentSecurityPolicy, policy.joined(separator: "; ")), (.cacheControl, "no-store"),
        (.named("referrer-policy"), "no-referrer"),
        (.named("cross-origin-opener-policy"), "same-origin"),
        (.xContentTypeOptions, "nosniff"),
      ])
  }
}
