/// Rows in aligned columns. Cells may be styled; styles take no width.
struct Table {
  struct Column {
    var title: String
    var alignRight = false
  }

  struct Cell {
    var text: String
    var style: Terminal.Style?

    init(_ text: String, _ style: Terminal.Style? = nil) {
      self.text = text
      self.style = style
    }
  }

  let columns: [Column]
  private(set) var rows: [[Cell]] = []

  init(_ columns: [Column]) { self.columns = columns }

  mutating func append(_ row: [Cell]) { rows.append(row) }
  mutating func append(_ row: [String]) { rows.append(row.map { Cell($0) }) }

  /// The table with a title line (unless all titles are empty), each line ending in a newline.
  func rendered(for terminal: Terminal, indent: Int = 0) -> String {
    var widths = columns.map { DisplayText.width($0.title) }
    for row in rows {
      for (index, cell) in row.enumerated() where index < widths.count {
        widths[index] = max(widths[index], DisplayText.width(cell.text))
      }
    }
    var result = ""
    if columns.contains(where: { !$0.title.isEmpty }) {
      result += line(columns.map { Cell($0.title, .dim) }, widths, terminal, indent)
    }
    for row in rows { result += line(row, widths, terminal, indent) }
    return result
  }

  private func line(_ cells: [Cell], _ widths: [Int], _ terminal: Terminal, _ indent: Int)
    -> String
  {
    var line = String(repeating: " ", count: indent)
    for (index, cell) in cells.enumerated() where index < widths.count {
      if index > 0 { line += "  " }
      // No padding behind the last column, unless it is on its left.
      let isLast = index == cells.count - 1
      let text =
        isLast && !columns[index].alignRight
        ? cell.text
        : DisplayText.fitted(cell.text, widths[index], alignRight: columns[index].alignRight)
      line += cell.style.map { terminal.styled(text, $0) } ?? text
    }
    while line.last == " " { line.removeLast() }
    return line + "\n"
  }
}
