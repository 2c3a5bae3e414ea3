import Glibc

// This program's own `malloc` and its kin, which count and pass on. The dynamic linker gives them to the Swift
// runtime and every library as well. Only this program has them: the timing program keeps the system's.

@_silgen_name("__libc_malloc") private func systemMalloc(_ size: Int) -> UnsafeMutableRawPointer?
@_silgen_name("__libc_calloc") private func systemCalloc(_ count: Int, _ size: Int) -> UnsafeMutableRawPointer?
@_silgen_name("__libc_realloc") private func systemRealloc(
  _ old: UnsafeMutableRawPointer?, _ size: Int
) -> UnsafeMutableRawPointer?
@_silgen_name("__libc_memalign") private func systemMemalign(
  _ alignment: Int, _ size: Int
) -> UnsafeMutableRawPointer?

/// How many allocations there were. Read and written by one thread while it counts.
nonisolated(unsafe) private var allocationCount = 0

/// The count now; opaque, so that it is read each time.
@inline(never)
@_optimize(none)
func currentCount() -> Int { allocationCount }

// The compiler warns about defining `malloc` itself, so the linker gives this the name: see `Package.swift`.
/// Counts, and passes on to the system.
@_cdecl("counted_malloc")
public func countedMalloc(_ size: Int) -> UnsafeMutableRawPointer? {
  allocationCount &+= 1
  return systemMalloc(size)
}

/// Counts, and passes on to the system.
@_cdecl("calloc")
public func countedCalloc(_ count: Int, _ size: Int) -> UnsafeMutableRawPointer? {
  allocationCount &+= 1
  return systemCalloc(count, size)
}

/// Counts, and passes on to the system.
@_cdecl("realloc")
public func countedRealloc(_ old: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
  allocationCount &+= 1
  return systemRealloc(old, size)
}

/// Counts, and passes on to the system.
@_cdecl("aligned_alloc")
public func countedAlignedAlloc(_ alignment: Int, _ size: Int) -> UnsafeMutableRawPointer? {
  allocationCount &+= 1
  return systemMemalign(alignment, size)
}

/// Counts, and passes on to the system.
@_cdecl("posix_memalign")
public func countedMemalign(
  _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ alignment: Int, _ size: Int
) -> CInt {
  allocationCount &+= 1
  result.pointee = systemMemalign(alignment, size)
  return result.pointee == nil ? ENOMEM : 0
}
