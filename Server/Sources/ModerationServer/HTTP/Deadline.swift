/// The time that a request has.
enum Deadline {
  /// The value of `body`, or a problem when it takes longer than `limit`.
  static func run<Value: Sendable>(
    _ limit: Duration, _ record: RequestRecord, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      if let value = try await group.next(), let value { return value }
      throw record.current.isBodyRead
        ? RequestProblem(
          .unavailable, "The answer was not ready in \(limit).", retryAfter: 1)
        : RequestProblem(.bodyTimeout, "The body did not arrive in \(limit).")
    }
  }
}
