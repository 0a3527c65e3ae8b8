/// What one model costs in one precision.
struct Measurement: Codable {
  struct Latency: Codable {
    let tokens: Int
    let count: Int
    /// Milliseconds.
    let p50: Double
    let p95: Double
    let p99: Double
    /// The median peak of the kernels between the passes, in billions of multiply-adds a second.
    let peak: Double
    /// The least that memory and arithmetic allow, in milliseconds; nil for models without layers
    /// of their own to count.
    let floor: Double?
    /// Milliseconds of each stage, where they were asked for.
    var stages: [String: Double]?
  }

  let model: String
  let precision: String
  /// Milliseconds from the process's start to the first verdict, and of loading alone.
  let firstVerdict: Double
  let loading: Double
  let latencies: [Latency]
  /// Messages a second.
  let throughput: Double
  /// Mebibytes.
  let peakMemory: Double
  /// Growth of resident memory over the throughput run, in mebibytes.
  let growth: Double
  /// Gigabytes a second, as measured behind the run.
  let bandwidth: Double

  /// The middle one of the latencies' peaks.
  var peak: Double { median(latencies.map(\.peak)) }
}

/// The middle one of the values in order; 0 where there are none.
func median(_ values: [Double]) -> Double {
  values.isEmpty ? 0 : values.sorted()[values.count / 2]
}
