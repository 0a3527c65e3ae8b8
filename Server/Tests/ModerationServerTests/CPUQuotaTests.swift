import Foundation
import Testing

@testable import ModerationServer

/// The processors that control groups allow.
@Suite struct CPUQuotaTests {
  private func quota(_ files: [String: String]) throws -> Double? {
    try withRoot(files) { CPUQuota.quota(root: $0) }
  }

  private func withRoot<Value>(_ files: [String: String], _ body: (String) -> Value) throws -> Value
  {
    let root = FileManager.default.temporaryDirectory.appending(path: "quota-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return body(root.path)
  }

  @Test func `Version 2: the least of a group and those above it`() throws {
    #expect(
      try quota([
        "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
        "sys/fs/cgroup/a/cpu.max": "150000 100000\n",
      ]) == 1.5)
  }

  @Test func `Version 2 in a container: the group's files lie at the mount`() throws {
    #expect(
      try quota([
        "proc/self/cgroup": "0::/host/path\n", "sys/fs/cgroup/cpu.max": "100000 100000\n",
      ]) == 1)
  }

  @Test func `Version 1: quota over period, and -1 is none`() throws {
    let group = "4:cpu,cpuacct:/x\n"
    #expect(
      try quota([
        "proc/self/cgroup": group, "sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "50000\n",
        "sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000\n",
      ]) == 0.5)
    #expect(
      try quota([
        "proc/self/cgroup": group, "sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "-1\n",
        "sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000\n",
      ]) == nil)
  }

  @Test func `No control groups, no quota`() throws {
    #expect(try quota([:]) == nil)
  }

  @Test(arguments: [
    ("0-1,4", "max 100000", 3), ("0-7", "max 100000", 4), ("2", "max 100000", 1),
    ("0-3", "250000 100000", 2), ("0-3", "50000 100000", 1),
  ])
  func `Threads are the least of processors, affinity and quota, and at least one`(
    list: String, quota: String, threads: Int
  ) throws {
    let files = [
      "proc/self/status": "Name:\tx\nCpus_allowed_list:\t\(list)\n",
      "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": quota,
    ]
    #expect(try withRoot(files) { CPUQuota.threads(processors: 4, root: $0) } == threads)
  }
}
