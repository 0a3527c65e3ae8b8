import Platform

/// The process's memory and descriptors, under the names that Prometheus's client libraries use. Linux
/// only; elsewhere there are none.
enum ProcessMetrics {
  static func text() -> String {
    var text = ""
    func gauge(_ name: String, _ help: String, _ value: Int) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n\(name) \(value)\n"
    }
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let memory = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    if let kilobytes = memory?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) {
      gauge(
        "process_resident_memory_bytes", "Resident memory of the process.", kilobytes * 1024)
    }
    if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      gauge("process_open_fds", "Open file descriptors.", files.count)
    }
    return text
  }
}
