import JSON

extension TreeEnsemble {
  /// Reads LightGBM's text format, with the fields that LightGBM itself can do without. Everything a
  /// prediction relies on is checked: a cut or altered file is an error that names the line.
  init(parsing bytes: [UInt8], file: String) throws(HeadError) {
    var lines = ModelLines(bytes, file: file)
    let header = try ModelHeader(&lines)
    var builder = TreeBuilder(header: header, file: file)
    if let sizes = header.treeSizes {
      for (index, size) in sizes.enumerated() {
        let start = lines.offset
        try builder.addTree(index, &lines)
        try lines.expect("")
        guard lines.offset - start == size else {
          throw .invalidModel(
            file: file, line: header.treeSizesLine,
            reason: "tree \(index) has \(lines.offset - start) bytes, not \(size)")
        }
      }
      try lines.expect("end of trees")
    } else {
      while lines.isNext("Tree=") {
        try builder.addTree(builder.trees.count, &lines)
        try lines.skipEmpty()
      }
      try header.requireIterations(builder.trees.count)
      // Versions that did not write the sizes did not write this line either.
      if !lines.isNext("feature importances:") { try lines.expect("end of trees") }
    }
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
