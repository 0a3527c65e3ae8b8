import Platform

/// Completes a command line from the environment.
enum EnvironmentArguments {
  /// The options that may stand several times; their variables have commas.
  private static let lists: Set = ["model", "api-key", "cors-allow-origin", "shadow"]
  private static let flags: Set = ["windows", "audit-text", "no-playground"]
  private static let others: Set = [
    "threads", "precision", "max-tokens", "hostname", "port", "unix-socket", "metrics-port",
    "api-keys-file", "public-url", "payload-limit", "max-header-bytes", "max-header-fields",
    "max-client-batch-size", "max-message-tokens", "max-batch-tokens", "max-queued-tokens",
    "max-connections", "idle-timeout", "request-timeout", "drain-timeout", "shutdown-delay",
    "log-level", "tenants", "audit", "audit-key-file", "audit-max-bytes", "feedback",
  ]
  /// The variables of text-embeddings-inference that mean the same here.
  private static let shared: [String: String] = [
    "PORT": "port", "MAX_BATCH_TOKENS": "max-batch-tokens",
    "MAX_CLIENT_BATCH_SIZE": "max-client-batch-size", "PAYLOAD_LIMIT": "payload-limit",
    "API_KEY": "api-key", "PROMETHEUS_PORT": "metrics-port",
    "CORS_ALLOW_ORIGIN": "cors-allow-origin",
  ]

  /// The names of the options that have a variable.
  static var names: Set<String> { lists.union(flags).union(others) }

  static func complete(
    _ arguments: [String],
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> [String] {
    let given = Set(
      arguments.filter { $0.hasPrefix("-") }.map { argument in
        let name = String(argument.drop { $0 == "-" }.prefix { $0 != "=" })
        return name == "p" ? "port" : name == "prometheus-port" ? "metrics-port" : name
      })
    var values: [String: String] = [:]
    for (variable, name) in shared { values[name] = environment[variable] }
    for name in names {
      let variable = "MODERATE_" + name.uppercased().replacing("-", with: "_")
      if let value = environment[variable] { values[name] = value }
    }
    var completed = arguments
    for (name, value) in values.sorted(by: { $0.key < $1.key }) where !given.contains(name) {
      if flags.contains(name) {
        if ["1", "true", "yes"].contains(value.lowercased()) { completed.append("--\(name)") }
      } else if lists.contains(name) {
        completed += value.split(separator: ",").map { "--\(name)=\($0)" }
      } else if !value.isEmpty {
        completed.append("--\(name)=\(value)")
      }
    }
    return completed
  }
}
