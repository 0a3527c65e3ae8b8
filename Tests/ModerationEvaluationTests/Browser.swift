import Foundation

/// A page opened in headless Chromium, and what a script found in it.
enum Browser {
  struct Probe: Decodable {
    let width: Int
    /// Numbers of plots by kind.
    let plots: [String: Int]
    let emptyPlots: Int
    /// Plots whose drawing is not what they declare, or has no extent.
    let wrongPlots: [String]
    /// By how much the page is wider than its window, in pixels.
    let overflow: Int
    let blurBefore: String
    let blurAfter: String
    let resources: Int
    /// Whether a message's own script did what it says.
    let ranScript: Bool
    /// 0 is black, 1 is white.
    let darkBackground: Double
    let lightBackground: Double
    let errors: [String]
  }

  static let path: String? = {
    let asked = ProcessInfo.processInfo.environment["CHROMIUM"]
    let usual = ["chromium", "chromium-browser", "google-chrome"].map { "/usr/bin/" + $0 }
    return ([asked].compactMap(\.self) + usual).first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }()

  struct Failure: Error {
    let reason: String
  }

  /// Opens the page in a frame of each width.
  static func probe(_ html: String, widths: [Int]) throws -> [Probe] {
    guard let path else { throw Failure(reason: "there is no browser") }
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "report-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let page = folder.appending(path: "probe.html")
    let quoted = html.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
    let frames = widths.map {
      "<iframe style=\"width:\($0)px;height:900px;border:0\" srcdoc=\"\(quoted)\"></iframe>"
    }.joined()
    try Data(
      "<!doctype html><body>\(frames)<pre id=\"probe\"></pre><script>\(script)</script>".utf8
    )
    .write(to: page)

    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
      "--user-data-dir=\(folder.path)/profile", "--virtual-time-budget=10000",
      "--window-size=1700,1000", "--dump-dom", page.absoluteString,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let dom = String(decoding: data, as: UTF8.self)
    guard let start = dom.range(of: "<pre id=\"probe\">"),
      let end = dom[start.upperBound...].range(of: "</pre>")
    else { throw Failure(reason: "the browser gave no page back") }
    let json = dom[start.upperBound..<end.lowerBound].replacing("&amp;", with: "&")
      .replacing("&lt;", with: "<").replacing("&gt;", with: ">")
    return try JSONDecoder().decode([Probe].self, from: Data(String(json).utf8))
  }

  private static let script = """
    addEventListener("load", () => {
      const brightness = (view, theme) => {
        view.document.documentElement.dataset.theme = theme;
        const rgb = view.getComputedStyle(view.document.body).backgroundColor.match(/[\\d.]+/g);
        return (Number(rgb[0]) + Number(rgb[1]) + Number(rgb[2])) / 765;
      };
      const probes = [...document.querySelectorAll("iframe")].map((frame) => {
        const view = frame.contentWindow, page = frame.contentDocument, errors = [];
        try {
          const overflow = page.documentElement.scrollWidth - page.documentElement.clientWidth;
          page.querySelectorAll("details").forEach((one) => { one.open = true; });
          const open = page.documentElement.scrollWidth - page.documentElement.clientWidth;
          const plots = {}, wrong = [];
          let empty = 0;
          for (const plot of page.querySelectorAll("[data-plot]")) {
            const kind = plot.dataset.plot;
            plots[kind] = (plots[kind] || 0) + 1;
            const box = plot.getBoundingClientRect();
            if (box.width < 50 || box.height < 10) wrong.push(kind + ": no extent");
            if (plot.dataset.empty) {
              empty += 1;
              if (!plot.querySelector(".note")) wrong.push(kind + ": empty without a reason");
              continue;
            }
            if (kind === "confusion") {
              if (plot.querySelectorAll("b").length !== 4) wrong.push(kind);
              continue;
            }
            let points = plot.querySelectorAll(".dot").length;
            for (const line of plot.querySelectorAll(".line")) {
              points += (line.getAttribute("d").match(/[ML]/g) || []).length;
              if (!(line.getTotalLength() > 1)) wrong.push(kind + ": a line without length");
              if (view.getComputedStyle(line).stroke === "none") wrong.push(kind + ": no stroke");
            }
            for (const dot of plot.querySelectorAll(".dot")) {
              if (!(dot.getBBox().width > 0)) wrong.push(kind + ": a dot without extent");
            }
            if (points === 0 || String(points) !== plot.dataset.points)
              wrong.push(kind + ": " + points + " of " + plot.dataset.points);
          }
          const quote = page.querySelector(".quote"), text = quote.querySelector("span");
          text.style.transition = "none";
          const before = view.getComputedStyle(text).filter;
          quote.click();
          const after = view.getComputedStyle(text).filter;
          return {
            width: view.innerWidth, plots, emptyPlots: empty, wrongPlots: wrong,
            overflow: Math.max(overflow, open), blurBefore: before, blurAfter: after,
            resources: view.performance.getEntriesByType("resource").length,
            ranScript: "ran" in view,
            darkBackground: brightness(view, "dark"), lightBackground: brightness(view, "light"),
            errors,
          };
        } catch (error) {
          return {
            width: view.innerWidth, plots: {}, emptyPlots: 0, wrongPlots: [], overflow: 0,
            blurBefore: "", blurAfter: "", resources: 0, ranScript: false, darkBackground: 1, lightBackground: 0,
            errors: [String(error)],
          };
        }
      });
      document.getElementById("probe").textContent = JSON.stringify(probes);
    });
    """
}
