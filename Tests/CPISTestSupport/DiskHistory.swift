import Synchronization

/// The states of a disk, one after another.
package final class DiskHistory: Sendable {
  private let state = Mutex<[Disk]>([])
  package init() {}
  package func add(_ disk: Disk) { state.withLock { $0.append(disk) } }
  package var disks: [Disk] { state.withLock { $0 } }
}
