internal import CKernels

/// What the kernels are written in.
public enum InstructionSet: String, Sendable, CaseIterable {
  /// Plain Swift, readable: the oracle of the others, and the last resort.
  case swift
  /// OpenBLAS for matrix products, plain Swift for the rest: for a CPU that no kernel here is for.
  case openblas
  case avx2
  case avx512
  case neon

  public var isSupported: Bool {
    let hasTable = unsafe table != nil
    return hasTable || self == .swift || self == .openblas
  }

  /// The fastest that this CPU can run.
  public static let best: InstructionSet =
    [.avx512, .avx2, .neon].first(where: \.isSupported) ?? .openblas

  @unsafe var table: UnsafePointer<ck_kernels_t>? {
    switch self {
    case .swift, .openblas: nil
    case .avx2: unsafe ck_kernels(CK_AVX2)
    case .avx512: unsafe ck_kernels(CK_AVX512)
    case .neon: unsafe ck_kernels(CK_NEON)
    }
  }
}
