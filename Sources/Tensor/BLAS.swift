internal import COpenBLAS

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// OpenBLAS, made ready once.
///
/// A build with run-time dispatch takes SSE3 kernels for a CPU that is newer than itself, at a fifth of
/// the speed. Its choice is checked before the first call and redone where this CPU can do better.
/// Upstream: OpenMathLib/OpenBLAS#4267.
public enum BLAS {
  /// The kernels that OpenBLAS uses, by its own name: `Zen`, `SkylakeX`, `ARMV8` …
  public static var coreName: String {
    prepare
    guard let name = unsafe openblas_get_corename() else { return "unknown" }
    return unsafe String(cString: name)
  }

  /// Chooses the kernels. One thread: the callers here split the work themselves.
  static let prepare: Void = {
    if let better = betterCore(), unsafe getenv("OPENBLAS_CORETYPE") == nil {
      typealias Function = @convention(c) () -> Void
      let everywhere = unsafe dlopen(nil, RTLD_NOW)
      // Only builds with run-time dispatch have these.
      if let quit = unsafe dlsym(everywhere, "gotoblas_dynamic_quit"),
        let start = unsafe dlsym(everywhere, "gotoblas_dynamic_init")
      {
        unsafe setenv("OPENBLAS_CORETYPE", better, 1)
        unsafe unsafeBitCast(quit, to: Function.self)()
        unsafe unsafeBitCast(start, to: Function.self)()
        unsafe unsetenv("OPENBLAS_CORETYPE")
      }
    }
    openblas_set_num_threads(1)
  }()

  private static func betterCore() -> String? {
    guard let current = unsafe openblas_get_corename() else { return nil }
    let slow = ["Prescott", "Generic", "Core2", "Penryn", "Nehalem", "Unknown"]
    guard unsafe slow.contains(String(cString: current)) else { return nil }
    if InstructionSet.avx512vnni.isSupported { return "SkylakeX" }
    return InstructionSet.avx2.isSupported ? "Haswell" : nil
  }

  /// `c = scale · a · b`, float32: a `[m, k]`, b `[k, n]`, c `[m, n]`.
  static func multiply(_ a: Matrix, _ b: Matrix, scale: Float, into c: Matrix) {
    prepare
    precondition(a.columns == b.rows && c.rows == a.rows && c.columns == b.columns)
    guard c.rows > 0, c.columns > 0 else { return }
    defer { withExtendedLifetime((a, b, c)) {} }
    unsafe cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(a.rows), blasint(b.columns),
      blasint(a.columns), scale, a.base, blasint(max(1, a.stride)), b.base,
      blasint(max(1, b.stride)), 0, c.base, blasint(c.stride))
  }

  /// `y = w · x + bias`, float64: w `[n, k]` row-major, x `[k]`, y `[n]`.
  ///
  /// For heads whose weights are float64, as scikit-learn leaves them.
  public static func multiply(
    _ weights: [Double], rows: Int, columns: Int, by vectors: [Double], count: Int
  ) -> [Double] {
    prepare
    precondition(weights.count == rows * columns && vectors.count == count * columns)
    var result = [Double](repeating: 0, count: count * rows)
    guard rows > 0, columns > 0, count > 0 else { return result }
    unsafe weights.withUnsafeBufferPointer { w in
      unsafe vectors.withUnsafeBufferPointer { x in
        unsafe result.withUnsafeMutableBufferPointer { y in
          unsafe cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(count), blasint(rows),
            blasint(columns), 1, x.baseAddress, blasint(columns), w.baseAddress, blasint(columns),
            0, y.baseAddress, blasint(rows))
        }
      }
    }
    return result
  }

  /// `c −= a · b`, float32: a `[m, k]`, b `[k, n]`, c `[m, n]`.
  static func subtractProduct(_ a: Matrix, _ b: Matrix, from c: Matrix) {
    prepare
    precondition(a.columns == b.rows && c.rows == a.rows && c.columns == b.columns)
    guard c.rows > 0, c.columns > 0 else { return }
    defer { withExtendedLifetime((a, b, c)) {} }
    unsafe cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(a.rows), blasint(b.columns),
      blasint(a.columns), -1, a.base, blasint(max(1, a.stride)), b.base,
      blasint(max(1, b.stride)), 1, c.base, blasint(c.stride))
  }

  /// `gram += xᵀ · x`: x `[m, n]`, gram `[n, n]`. Only its upper triangle is filled.
  static func addGram(of x: Matrix, to gram: Matrix) {
    prepare
    precondition(gram.rows == x.columns && gram.columns == x.columns)
    guard x.rows > 0, x.columns > 0 else { return }
    defer { withExtendedLifetime((x, gram)) {} }
    unsafe cblas_ssyrk(
      CblasRowMajor, CblasUpper, CblasTrans, blasint(x.columns), blasint(x.rows), 1, x.base,
      blasint(x.stride), 1, gram.base, blasint(gram.stride))
  }

  /// The upper factor U of `a⁻¹ = Uᵀ U`, row-major `[n, n]`; nil unless `a` is positive definite.
  /// Only the upper triangles of `a` and of the result mean something.
  static func inverseFactor(_ a: [Double], size: Int) -> [Double]? {
    prepare
    precondition(a.count == size * size)
    var a = a
    var order = Int32(size)
    var failure: Int32 = 0
    // An upper triangle by rows is a lower one by columns.
    return unsafe a.withUnsafeMutableBufferPointer { elements in
      unsafe dpotrf_("L", &order, elements.baseAddress, &order, &failure)
      if failure == 0 { unsafe dpotri_("L", &order, elements.baseAddress, &order, &failure) }
      if failure == 0 { unsafe dpotrf_("L", &order, elements.baseAddress, &order, &failure) }
      return failure == 0
    } ? a : nil
  }
}
