internal import CKernels

/// The instructions that kernels are written in.
public enum InstructionSet: String, Sendable, CaseIterable {
  /// Plain Swift, readable: the oracle of the others, and the last resort.
  case swift
  /// Vectors of the compiler, in instructions that every CPU of the architecture has.
  case generic
  /// OpenBLAS for products of float32, ``generic`` for everything else.
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
    return hasTable || self == .swift
  }

  /// The fastest that this CPU can run. Without instructions for fused multiply-adds that is OpenBLAS,
  /// which does without them.
  public static let best: InstructionSet =
    [.amx, .avx512vnni, .avx2, .neoni8mm, .neon].first(where: \.isSupported)
    ?? (ck_generic_is_fast() ? .generic : .openblas)

  /// The time of an int8 product over that of the same one in float32; nil where it is unknown.
  ///
  /// Measured on AVX2 by `moderation-benchmark products`; elsewhere from the number of products in an
  /// instruction.
  ///
  /// - Parameters:
  ///   - bits: of the weights, 7 or 8
  ///   - digits: of the inputs, 1 or 2
  package func relativeTime(bits: Int, digits: Int) -> Double? {
    switch self {
    // Weights of 8 bits are widened before they are multiplied.
    case .avx2: (bits == 7 ? 0.44 : 0.93) * Double(digits)
    case .avx512vnni, .neon: 0.25 * Double(digits)
    case .amx, .neoni8mm: 0.12 * Double(digits)
    case .swift, .generic, .openblas: nil
    }
  }

  @unsafe var table: UnsafePointer<ck_kernels_t>? {
    switch self {
    case .swift: nil
    case .generic: unsafe ck_kernels(CK_GENERIC)
    case .openblas: unsafe OpenBLAS.table
    case .avx2: unsafe ck_kernels(CK_AVX2)
    case .avx512vnni: unsafe ck_kernels(CK_AVX512VNNI)
    case .amx: unsafe ck_kernels(CK_AMX)
    case .neon: unsafe ck_kernels(CK_NEON)
    case .neoni8mm: unsafe ck_kernels(CK_NEON_I8MM)
    }
  }
}
