import Moderation

/// A small line plot as SVG: colours come from the page's style sheet, so that it is right in light
/// and in dark.
struct Plot {
  /// In the units of the view box.
  static let width = 320.0
  static let height = 240.0
  private static let left = 46.0
  private static let right = 10.0
  private static let top = 10.0
  private static let bottom = 38.0

  private let kind: String
  private let title: String
  private let xTitle: String
  private let yTitle: String
  private var body = ""
  private var pointCount = 0
  private var note: String?

  /// - Parameters:
  ///   - kind: tells scripts and tests which plot it is.
  ///   - title: read aloud instead of the drawing.
  init(kind: String, title: String, x: String, y: String) {
    self.kind = kind
    self.title = title
    xTitle = x
    yTitle = y
  }

  /// A line through points in data units, both axes 0…1.
  mutating func line(_ points: [(x: Double, y: Double)], style: String) {
    let points = points.filter { $0.x.isFinite && $0.y.isFinite }
    guard !points.isEmpty else { return }
    pointCount += points.count
    let path = points.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(Self.x(point.x)) \(Self.y(point.y))"
    }.joined()
    body += "<path class=\"line \(style)\" d=\"\(path)\"/>"
  }

  /// A dot with a tooltip.
  mutating func dot(
    x: Double, y: Double, radius: Double = 4, style: String, tooltip: String? = nil
  ) {
    guard x.isFinite, y.isFinite else { return }
    pointCount += 1
    let title = tooltip.map { "<title>\(Self.escaped($0))</title>" } ?? ""
    body +=
      "<circle class=\"dot \(style)\" cx=\"\(Self.x(x))\" cy=\"\(Self.y(y))\" "
      + "r=\"\(fixed(radius, 1))\">\(title)</circle>"
  }

  /// A bar from the x axis.
  mutating func bar(from lower: Double, to upper: Double, height: Double, style: String) {
    let (x0, x1) = (Self.position(x: lower), Self.position(x: upper))
    let y0 = Self.position(y: height)
    body +=
      "<rect class=\"bar \(style)\" x=\"\(fixed(x0, 1))\" y=\"\(fixed(y0, 1))\" "
      + "width=\"\(fixed(max(0, x1 - x0 - 1), 1))\" "
      + "height=\"\(fixed(max(0, Self.position(y: 0) - y0), 1))\"/>"
  }

  /// The diagonal that chance, or perfect calibration, would draw.
  mutating func diagonal() {
    body +=
      "<path class=\"guide\" d=\"M\(Self.x(0)) \(Self.y(0))L\(Self.x(1)) \(Self.y(1))\"/>"
  }

  /// An upright line at a threshold.
  mutating func mark(x: Double, tooltip: String) {
    body +=
      "<path class=\"mark\" d=\"M\(Self.x(x)) \(Self.y(0))L\(Self.x(x)) \(Self.y(1))\">"
      + "<title>\(Self.escaped(tooltip))</title></path>"
  }

  /// Says why there is nothing to draw.
  mutating func empty(_ reason: String) { note = reason }

  var svg: String {
    let ticks = [0, 0.25, 0.5, 0.75, 1.0]
    var grid = ""
    for tick in ticks {
      let name = tick == tick.rounded() ? fixed(tick, 0) : fixed(tick, 2)
      grid += "<path class=\"grid\" d=\"M\(Self.x(0)) \(Self.y(tick))L\(Self.x(1)) \(Self.y(tick))"
      grid += "M\(Self.x(tick)) \(Self.y(0))L\(Self.x(tick)) \(Self.y(1))\"/>"
      grid += "<text class=\"tick\" x=\"\(Self.x(tick))\" y=\"\(fixed(Self.height - 22, 1))\" "
      grid += "text-anchor=\"middle\">\(name)</text>"
      grid += "<text class=\"tick\" x=\"\(fixed(Self.left - 6, 1))\" y=\"\(Self.y(tick))\" "
      grid += "dy=\"0.32em\" text-anchor=\"end\">\(name)</text>"
    }
    let (middleX, middleY) = (Self.position(x: 0.5), Self.position(y: 0.5))
    grid += "<text class=\"axis\" x=\"\(fixed(middleX, 1))\" y=\"\(fixed(Self.height - 5, 1))\" "
    grid += "text-anchor=\"middle\">\(Self.escaped(xTitle))</text>"
    grid += "<text class=\"axis\" transform=\"translate(9 \(fixed(middleY, 1))) rotate(-90)\" "
    grid += "text-anchor=\"middle\">\(Self.escaped(yTitle))</text>"
    let message = note.map {
      "<text class=\"note\" x=\"\(fixed(middleX, 1))\" y=\"\(fixed(middleY, 1))\" "
        + "text-anchor=\"middle\">\(Self.escaped($0))</text>"
    }
    let state = note == nil ? "data-points=\"\(pointCount)\"" : "data-empty=\"true\""
    return "<svg class=\"plot\" role=\"img\" data-plot=\"\(kind)\" \(state) "
      + "viewBox=\"0 0 \(fixed(Self.width, 0)) \(fixed(Self.height, 0))\">"
      + "<title>\(Self.escaped(title))</title>\(grid)\(body)\(message ?? "")</svg>"
  }

  private static func position(x: Double) -> Double {
    left + min(max(x, 0), 1) * (width - left - right)
  }

  private static func position(y: Double) -> Double {
    height - bottom - min(max(y, 0), 1) * (height - top - bottom)
  }

  private static func x(_ value: Double) -> String { fixed(position(x: value), 1) }
  private static func y(_ value: Double) -> String { fixed(position(y: value), 1) }

  /// Text that is safe inside SVG and HTML.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }
}
