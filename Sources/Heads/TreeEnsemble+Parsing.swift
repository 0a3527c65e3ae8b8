extension TreeEnsemble {
  /// Reads LightGBM's text format, versions 3 and 4. Everything a prediction relies on is checked:
  /// a cut or altered file is an error that names the line.
  init(parsing bytes: [UInt8], file: String) throws(HeadError) {
    var lines = ModelLines(bytes, file: file)
    let header = try ModelHeader(&lines)
    var builder = TreeBuilder(header: header, file: file)
    for index in 0..<header.treeSizes.count {
      let start = lines.offset
      try builder.addTree(index, &lines)
      guard lines.offset - start == header.treeSizes[index] else {
        throw .invalidModel(
          file: file, line: header.treeSizesLine,
          reason: "tree \(index) has \(lines.offset - start) bytes, not \(header.treeSizes[index])")
      }
    }
    try lines.expect("end of trees")
    try header.check(against: &lines)
    task = header.task
    objective = header.objective
    inputSize = header.featureCount
    outputCount = header.outputCount
    averagesOutput = header.averagesOutput
    trees = builder.trees
    nodes = builder.nodes
    leaves = builder.leaves
    categories = builder.categories
    linear = builder.linear
  }
}
