import Synchronization

/// The states of a disk, one after another.
final class DiskHistory: Sendable {
  private let state = Mutex<[Disk]>([])
  func add(_ disk: Disk) { state.withLock { $0.append(disk) } }
  var disks: [Disk] { state.withLock { $0 } }
}
