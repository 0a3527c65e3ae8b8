internal import CKernels
internal import COpenBLAS

/// The OpenBLAS library: products of float32 for CPUs that no kernels here are for, and the algebra of
/// the quantiser.
///
/// A build with run-time dispatch chooses SSE3 kernels on a CPU that is newer than itself, at a fifth of
/// the speed. That choice is checked before the first call, and redone where this CPU can do better.
/// Upstream: OpenMathLib/OpenBLAS#4267.
package enum OpenBLAS {
  /// The kernels that OpenBLAS uses, by its own name: `Zen`, `SkylakeX`, `ARMV8` …
  package static var coreName: String {
    prepare
    guard let name = unsafe openblas_get_corename() else { return "unknown" }
    return unsafe String(cString: name)
  }

  /// Chooses the kernels, and one thread: the callers here share out the work themselves.
  static let prepare: Void = {
    // Only builds with run-time dispatch have these functions.
    if let better = betterCore(), !Environment.has("OPENBLAS_CORETYPE"),
      let quit = LoadedLibraries.function("gotoblas_dynamic_quit"),
      let start = LoadedLibraries.function("gotoblas_dynamic_init")
    {
      Environment.with("OPENBLAS_CORETYPE", better) {
        quit()
        start()
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

  /// Kernels whose products of float32 are OpenBLAS's.
  @unsafe nonisolated(unsafe) static let table: UnsafePointer<ck_kernels_t>? = {
    guard let generic = unsafe ck_kernels(CK_GENERIC) else { return nil }
    prepare
    // As every table, this one lives as long as the process.
    let table = UnsafeMutablePointer<ck_kernels_t>.allocate(capacity: 1)
    unsafe table.initialize(to: generic.pointee)
    unsafe ck_use_openblas(table)
    return unsafe UnsafePointer(table)
  }()

  /// Runs `body` with so many of the library's own threads, which no kernel here uses.
  static func withThreads<Result>(_ threads: Int, _ body: () -> Result) -> Result {
    prepare
    openblas_set_num_threads(CInt(threads))
    defer { openblas_set_num_threads(1) }
    return body()
  }

  /// `c = a · bᵀ`, float32: a `[m, k]`, b `[n, k]`, c `[m, n]`.
  static func multiply(_ a: Matrix, transposed b: Matrix, into c: Matrix) {
    prepare
    precondition(a.columns == b.columns && c.rows == a.rows && c.columns == b.rows)
    guard c.rows > 0, c.columns > 0 else { return }
    defer { withExtendedLifetime((a, b, c)) {} }
    unsafe cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, blasint(a.rows), blasint(b.rows),
      blasint(a.columns), 1, a.base, blasint(max(1, a.stride)), b.base, blasint(max(1, b.stride)),
      0, c.base, blasint(c.stride))
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
