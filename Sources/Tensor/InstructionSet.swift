internal import CKernels

/// What the kernels are written in.
public enum InstructionSet: String, Sendable, CaseIterable {
  /// Plain Swift, readable: the oracle of the others, and the last resort.
  case swift
  /// OpenBLAS for matrix products, plain Swift for the rest: for a CPU that no kernel here is for.
  case openblas
  case avx2
  /// AVX-512 with VNNI.
  case avx512vnni
  /// AVX-512 and the int8 tiles of AMX.
  case amx
  /// NEON with dot products of bytes.
  case neon
  /// NEON with products of matrices of bytes besides.
  case neoni8mm

  public var isSupported: Bool {
    let hasTable = unsafe table != nil
    return hasTable || self == .swift || self == .openblas
  }

  /// The fastest that this CPU can run.
  public static let best: InstructionSet =
    [.amx, .avx512vnni, .avx2, .neoni8mm, .neon].first(where: \.isSupported) ?? .openblas

  @unsafe var table: UnsafePointer<ck_kernels_t>? {
    switch self {
    case .swift, .openblas: nil
    case .avx2: unsafe ck_kernels(CK_AVX2)
    case .avx512vnni: unsafe ck_kernels(CK_AVX512VNNI)
    case .amx: unsafe ck_kernels(CK_AMX)
    case .neon: unsafe ck_kernels(CK_NEON)
    case .neoni8mm: unsafe ck_kernels(CK_NEON_I8MM)
    }
  }
}
