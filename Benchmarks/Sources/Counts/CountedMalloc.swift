import Synchronization

/// How many allocations there were so far; of all threads. Always 0 on other systems than Linux.
func allocationCount() -> Int { unsafe counter?.pointee.load(ordering: .relaxed) ?? 0 }

/// Begins to count allocations.
func countAllocations() {
  let memory = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: 1)
  memory.initialize(to: Atomic(0))
  counter = memory
}

// A pointer, because it is there from the start: what is made when first used would be made within `malloc`.
nonisolated(unsafe) private var counter: UnsafeMutablePointer<Atomic<Int>>?

#if os(Linux)
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

  @inline(__always)
  private func countOne() { counter?.pointee.wrappingAdd(1, ordering: .relaxed) }

  // The compiler warns about defining `malloc` itself, so the linker gives this the name: see `Package.swift`.
  /// Counts, and passes on to the system.
  @_cdecl("counted_malloc")
  public func countedMalloc(_ size: Int) -> UnsafeMutableRawPointer? {
    countOne()
    return systemMalloc(size)
  }

  /// Counts, and passes on to the system.
  @_cdecl("calloc")
  public func countedCalloc(_ count: Int, _ size: Int) -> UnsafeMutableRawPointer? {
    countOne()
    return systemCalloc(count, size)
  }

  /// Counts, and passes on to the system.
  @_cdecl("realloc")
  public func countedRealloc(_ old: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
    countOne()
    return systemRealloc(old, size)
  }

  /// Counts, and passes on to the system.
  @_cdecl("aligned_alloc")
  public func countedAlignedAlloc(_ alignment: Int, _ size: Int) -> UnsafeMutableRawPointer? {
    countOne()
    return systemMemalign(alignment, size)
  }

  /// Counts, and passes on to the system.
  @_cdecl("posix_memalign")
  public func countedMemalign(
    _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ alignment: Int, _ size: Int
  ) -> CInt {
    countOne()
    result.pointee = systemMemalign(alignment, size)
    return result.pointee == nil ? ENOMEM : 0
  }
#endif
