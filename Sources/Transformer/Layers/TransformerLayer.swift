package import Tensor

/// Attention, then a feed-forward network, each added to its input (arXiv:1706.03762).
package struct TransformerLayer: Sendable {
  package var attention: Sublayer<Attention>
  package var feedForward: Sublayer<FeedForward>
  /// What DeBERTa-v2 xlarge has beside its first layer.
  var convolution: ConvolutionLayer?

  init(attention: Sublayer<Attention>, feedForward: Sublayer<FeedForward>) {
    self.attention = attention
    self.feedForward = feedForward
  }

  /// Replaces the hidden states by the layer's output.
  ///
  /// - Parameter hidden: `[tokens, hidden size]`
  /// - Returns: `hidden`, or `[messages, hidden size]` where the pass wants one row of each message
  @discardableResult
  package func callAsFunction(_ hidden: Matrix, _ pass: ForwardPass) -> Matrix {
    let states = pass.wanted(hidden)
    pass.workspace.scope {
      let convolved = convolution.map { pass.wanted($0(hidden, pass)) }
      let attended = pass.workspace.matrix(rows: states.rows, columns: states.columns)
      attention.apply(to: hidden, residual: states, into: attended, pass) { x, residual in
        attention.body(x, residual: residual, into: attended, pass)
      }
      feedForward.apply(to: attended, residual: attended, into: states, pass) { x, residual in
        feedForward.body(x, residual: residual, into: states, pass)
      }
      if let convolution, let convolved {
        pass.normalize(states, convolution.norm, residual: convolved)
      }
    }
    return states
  }
}

/// A part of a layer with its norms and its residual connection: `behind(x + after(body(before(x))))`.
///
/// BERT has a norm behind the sum (post-norm), most decoders one before the part (pre-norm), and some
/// another after it.
package struct Sublayer<Body: Sendable>: Sendable {
  let before: Norm?
  let after: Norm?
  let behind: Norm?
  package var body: Body

  init(_ body: Body, before: Norm? = nil, after: Norm? = nil, behind: Norm? = nil) {
    self.body = body
    self.before = before
    self.after = after
    self.behind = behind
  }

  /// - Parameters:
  ///   - x: every row, `[tokens, hidden size]`
  ///   - residual: those rows of `x` whose output is wanted
  ///   - y: takes the output, as many rows as `residual` has
  ///   - body: writes its output to `y`, and adds the residual if it gets one
  func apply(
    to x: Matrix, residual: Matrix, into y: Matrix, _ pass: ForwardPass,
    _ body: (_ x: Matrix, _ residual: Matrix?) -> Void
  ) {
    pass.workspace.scope {
      var input = x
      if let before {
        input = pass.workspace.matrix(rows: x.rows, columns: x.columns)
        pass.normalize(x, before, into: input)
      }
      // The product of the body's last layer can add the residual, unless a norm stands between.
      body(input, after == nil ? residual : nil)
      if let after {
        pass.normalize(y, after)
        pass.processor.eachRows(of: y.rows) { rows in
          pass.processor.kernels.add(residual[rows: rows], to: y[rows: rows])
        }
      }
      if let behind { pass.normalize(y, behind) }
    }
  }
}
