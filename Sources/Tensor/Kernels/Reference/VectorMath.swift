/// Elementary functions of sixteen floats: the same operations in the same order as `vector.inc` of
/// `CKernels`, so the same bits.
enum VectorMath {
  typealias Vector = SIMD16<Float>

  private static func fma(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    c.addingProduct(a, b)
  }

  private static func fma(_ a: Vector, _ b: Vector, _ c: Float) -> Vector {
    Vector(repeating: c).addingProduct(a, b)
  }

  /// The sum, halves added until one is left.
  static func sum(_ v: Vector) -> Float { sum(v.lowHalf + v.highHalf) }

  static func sum(_ v: SIMD8<Float>) -> Float {
    let halves = v.lowHalf + v.highHalf
    return (halves[0] + halves[2]) + (halves[1] + halves[3])
  }

  static func magnitude(_ v: Vector) -> Vector {
    Vector(bitPattern: SIMD16<UInt32>(v) & 0x7fff_ffff)
  }

  /// `v` with the sign of `sign`.
  private static func copySign(_ v: Vector, _ sign: Vector) -> Vector {
    Vector(bitPattern: (SIMD16(v) & 0x7fff_ffff) | (SIMD16(sign) & 0x8000_0000))
  }

  /// 2ⁿ for n from −126 to 127.
  private static func power(_ n: SIMD16<Int32>) -> Vector {
    Vector(bitPattern: SIMD16<UInt32>(truncatingIfNeeded: (n &+ 127) &<< SIMD16(repeating: 23)))
  }

  /// eˣ: x = n·ln 2 + r, |r| ≤ ln 2 / 2, a minimax polynomial in r. Below −87.33 it is 0.
  static func exp(_ x: Vector) -> Vector {
    let low = Vector(repeating: -87.33)
    let high = Vector(repeating: 88.72)
    var t = x.replacing(with: low, where: x .< low)
    t = t.replacing(with: high, where: x .> high)
    let n = (t * 1.44269504).rounded(.toNearestOrEven)
    var r = fma(n, Vector(repeating: -0.693359375), t)
    r = fma(n, Vector(repeating: 2.12194440e-4), r)
    var p = Vector(repeating: 0x1.6d7562p-10)
    for coefficient in [0x1.120b94p-7, 0x1.5554b8p-5, 0x1.5554dcp-3, 0.5] as [Float] {
      p = fma(p, r, coefficient)
    }
    p = fma(p, r * r, r) + 1
    // 2ⁿ in two factors, since n may be 128. NaN is masked by p.
    let e = SIMD16<Int32>(n.replacing(with: 0, where: n .!= n))
    let half = e &>> SIMD16(repeating: 1)
    let y = p * power(half) * power(e &- half)
    return y.replacing(with: 0, where: x .< low)
  }

  /// erf x: a polynomial in x² up to 1, and 1 − e^−q(|x|) beyond.
  static func erf(_ x: Vector) -> Vector {
    let s = x * x
    var small = Vector(repeating: 0x1.4ae4aap-14)
    let inner: [Float] = [
      -0x1.a485dep-11, 0x1.5419f4p-8, -0x1.b7fbb4p-6, 0x1.ce2d20p-4, -0x1.81273ep-2,
      0x1.06eba8p-3,
    ]
    for coefficient in inner { small = fma(small, s, coefficient) }
    small = fma(small, x, x)
    let t = magnitude(x)
    let limited = t.replacing(with: 4, where: t .> 4)
    var q = Vector(repeating: -0x1.852eaep-13)
    let outer: [Float] = [
      0x1.814db0p-9, -0x1.65428cp-6, 0x1.a60ab8p-4, 0x1.46c57cp-1, 0x1.2085b4p+0, 0x1.72de40p-12,
    ]
    for coefficient in outer { q = fma(q, limited, coefficient) }
    let large = copySign(1 - exp(-q), x)
    return large.replacing(with: small, where: t .< 1)
  }

  /// tanh x: a polynomial in x² up to 0.625, and (1 − e^−2|x|) / (1 + e^−2|x|) beyond.
  static func tanh(_ x: Vector) -> Vector {
    let s = x * x
    var small = Vector(repeating: -0x1.73bf3ep-8)
    let inner: [Float] = [0x1.518fd0p-6, -0x1.b81df8p-5, 0x1.1105cep-3, -0x1.555526p-2]
    for coefficient in inner { small = fma(small, s, coefficient) }
    small = fma(small * s, x, x)
    let t = magnitude(x)
    let e = exp(-2 * t)
    let large = copySign((1 - e) / (1 + e), x)
    return large.replacing(with: small, where: t .< 0.625)
  }

  static func activate(_ x: Vector, _ activation: Activation) -> Vector {
    switch activation {
    case .none: x
    case .relu: x.replacing(with: 0, where: x .< 0)
    case .gelu: 0.5 * x * (1 + erf(x * 0.70710678))
    case .geluTanh: 0.5 * x * (1 + tanh(0.79788456 * (x + 0.044715 * x * x * x)))
    case .tanh: tanh(x)
    case .silu: x / (1 + exp(-x))
    case .logistic: 1 / (1 + exp(-x))
    }
  }
}

extension SIMD16<UInt32> {
  /// The bits of floats.
  fileprivate init(_ floats: SIMD16<Float>) { self = unsafe unsafeBitCast(floats, to: Self.self) }
}

extension SIMD16<Float> {
  fileprivate init(bitPattern bits: SIMD16<UInt32>) {
    self = unsafe unsafeBitCast(bits, to: Self.self)
  }
}
