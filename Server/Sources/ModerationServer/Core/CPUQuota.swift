import Platform

/// The processors that this process may use.
enum CPUQuota {
  /// The threads to compute on: one for each processor that the system gives this process, and no
  /// more than the quota of its control group allows. A thread that the quota stops in the middle of
  /// a layer holds up all others.
  static func threads(
    processors: Int = ProcessInfo.processInfo.activeProcessorCount, root: String = "/"
  ) -> Int {
    let allowed = min(processors, affinity(root: root) ?? processors)
    return max(1, min(allowed, quota(root: root).map { Int($0) } ?? allowed))
  }

  /// The processors that this process is bound to, as `taskset` or a cpuset binds it; nil where the
  /// system does not say.
  static func affinity(root: String) -> Int? {
    let lines = (text(root + "/proc/self/status") ?? "").split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("Cpus_allowed_list:") }) else { return nil }
    // "0-3,8": ranges and single numbers.
    let list = line.dropFirst("Cpus_allowed_list:".count).filter { !$0.isWhitespace }
    var count = 0
    for range in list.split(separator: ",") {
      let ends = range.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, last >= first else { return nil }
      count += last - first + 1
    }
    return count > 0 ? count : nil
  }

  /// The processors' worth of time that the control groups of this process allow; nil without limit.
  /// A group's limit holds for those below it, so the least one counts.
  ///
  /// - Parameter root: the folder that stands for `/`
  static func quota(root: String) -> Double? {
    var least: Double?
    func take(_ quota: Double?) {
      guard let quota else { return }
      least = min(least ?? quota, quota)
    }
    for line in (text(root + "/proc/self/cgroup") ?? "").split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isUnified = fields[1].isEmpty
      guard isUnified || fields[1].split(separator: ",").contains("cpu") else { continue }
      let mounts =
        isUnified ? ["/sys/fs/cgroup"] : ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/\(fields[1])"]
      for mount in mounts {
        // In a container the path is the host's and the group's own files lie at the mount.
        for path in groups(from: String(fields[2])) {
          let folder = root + mount + path
          take(isUnified ? unified(text(folder + "/cpu.max")) : legacy(folder))
        }
      }
    }
    return least
  }

  /// The path of a group and those of the groups above it, the root last.
  private static func groups(from path: String) -> [String] {
    var parts = path.split(separator: "/").filter { $0 != ".." }
    var paths: [String] = []
    while !parts.isEmpty {
      paths.append("/" + parts.joined(separator: "/"))
      parts.removeLast()
    }
    return paths + [""]
  }

  /// `cpu.max` of version 2: `max 100000` or `50000 100000`, microseconds in a period of them.
  private static func unified(_ text: String?) -> Double? {
    let numbers = (text ?? "").split { $0.isWhitespace }.map { Double($0) }
    guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], period > 0 else {
      return nil
    }
    return quota / period
  }

  /// The two files of version 1; a quota of -1 is none.
  private static func legacy(_ folder: String) -> Double? {
    func number(_ name: String) -> Double? {
      text(folder + "/" + name).flatMap { Double($0.prefix { !$0.isWhitespace }) }
    }
    guard let quota = number("cpu.cfs_quota_us"), let period = number("cpu.cfs_period_us"),
      quota > 0, period > 0
    else { return nil }
    return quota / period
  }

  private static func text(_ path: String) -> String? {
    try? String(contentsOfFile: path, encoding: .utf8)
  }
}
