// Foundation's essentials, under one name on every platform: files, data, JSON coding, processes'
// environments. Linux has them apart from the rest of Foundation, which takes longer to start.
#if canImport(FoundationEssentials)
  @_exported public import FoundationEssentials
#else
  @_exported public import Foundation
#endif
