import CPISOutbox
import Synchronization

/// A disk in memory that knows what would survive a power cut, fails on demand, and shows its state after each call.
final class MemoryFileSystem: FileSystem {
  /// What a call is made to do.
  enum Fault: Hashable, Sendable {
    /// It fails, and does nothing.
    case fail(FileSystemError.Condition)
    /// A write takes this many bytes only; another call does as usual.
    case short(Int)
    /// A write takes this many bytes and then fails, as a full disk does.
    case partThenFail(Int, FileSystemError.Condition)
    /// It does its work, and says that it failed.
    case failAfterwards(FileSystemError.Condition)
  }

  /// Decides by the number of the call, from 0, and what it is.
  typealias FaultPlan = @Sendable (_ call: Int, _ operation: FileSystemError.Operation) -> Fault?

  private struct State {
    var disk: Disk
    var open: [FileID: (inode: Int, path: String)] = [:]
    var locks: [Int: FileID] = [:]
    var nextFile: Int32 = 3
    var calls = 0
    var plan: FaultPlan?
    var observer: (@Sendable (Int, Disk) -> Void)?
  }

  private let state: Mutex<State>

  init(_ disk: Disk = Disk(), faults plan: FaultPlan? = nil) {
    state = Mutex(State(disk: disk, plan: plan))
  }

  var disk: Disk { state.withLock { $0.disk } }
  var calls: Int { state.withLock { $0.calls } }
  func plan(_ plan: FaultPlan?) { state.withLock { $0.plan = plan } }
  /// Called after every call that may change the disk, with the number of calls so far.
  func observe(_ observer: (@Sendable (Int, Disk) -> Void)?) { state.withLock { $0.observer = observer } }

  private func call<Value>(
    _ operation: FileSystemError.Operation, _ work: (inout State, _ limit: Int) throws(FileSystemError) -> Value
  ) throws(FileSystemError) -> Value {
    var observation: (@Sendable (Int, Disk) -> Void, Int, Disk)?
    defer { if let (observer, calls, disk) = observation { observer(calls, disk) } }
    let result = state.withLock { state -> Result<Value, FileSystemError> in
      let fault = state.plan?(state.calls, operation)
      state.calls += 1
      defer { observation = state.observer.map { ($0, state.calls, state.disk) } }
      if case .fail(let condition) = fault { return .failure(FileSystemError(operation, condition)) }
      var limit = Int.max
      if case .short(let count) = fault { limit = count }
      if case .partThenFail(let count, _) = fault { limit = count }
      do throws(FileSystemError) {
        let value = try work(&state, limit)
        switch fault {
        case .failAfterwards(let condition), .partThenFail(_, let condition):
          return .failure(FileSystemError(operation, condition))
        default: return .success(value)
        }
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  func makeFolder(_ path: String) throws(FileSystemError) {
    try call(.makeFolder) { state, _ in state.disk.makeFolder(path) }
  }

  func checkFolder(_ path: String) throws(FileSystemError) {
    try call(.makeFolder) { _, _ in }
  }

  func list(_ folder: String) throws(FileSystemError) -> [String] {
    try call(.list) { state, _ in
      state.disk.names.keys.filter { $0.hasPrefix(folder + "/") }.map { String($0.dropFirst(folder.count + 1)) }
    }
  }

  func syncFolder(_ path: String) throws(FileSystemError) {
    try call(.syncFolder) { state, _ in state.disk.syncFolder(path) }
  }

  func rename(_ path: String, to newPath: String) throws(FileSystemError) {
    try call(.rename) { (state, _) throws(FileSystemError) in
      guard let inode = state.disk.names[path] else { throw FileSystemError(.rename, .notFound) }
      state.disk.change(.rename(path, newPath, inode: inode))
    }
  }

  func remove(_ path: String) throws(FileSystemError) {
    try call(.remove) { (state, _) throws(FileSystemError) in
      guard state.disk.names[path] != nil else { throw FileSystemError(.remove, .notFound) }
      state.disk.change(.remove(path))
    }
  }

  func open(_ path: String, _ access: FileAccess) throws(FileSystemError) -> FileID {
    try call(.open) { (state, _) throws(FileSystemError) in
      if access == .create, state.disk.names[path] != nil { throw FileSystemError(.open, .exists) }
      if state.disk.names[path] == nil {
        guard access == .create || access == .createOrUpdate else { throw FileSystemError(.open, .notFound) }
        state.disk.create(path)
      }
      let file = FileID(state.nextFile)
      state.nextFile += 1
      state.open[file] = (state.disk.names[path] ?? -1, path)
      return file
    }
  }

  func close(_ file: FileID) {
    state.withLock { state in
      guard let inode = state.open.removeValue(forKey: file)?.inode else { return }
      if state.locks[inode] == file { state.locks[inode] = nil }
    }
  }

  func lock(_ file: FileID) throws(FileSystemError) -> Bool {
    try call(.lock) { state, _ in
      let inode = state.open[file]?.inode ?? -1
      guard state.locks[inode] == nil || state.locks[inode] == file else { return false }
      state.locks[inode] = file
      return true
    }
  }

  func size(_ file: FileID) throws(FileSystemError) -> Int {
    try call(.size) { state, _ in state.disk.bytes(state.open[file]?.inode).count }
  }

  func read(_ file: FileID, at offset: Int, count: Int) throws(FileSystemError) -> [UInt8] {
    try call(.read) { state, limit in
      Array(state.disk.bytes(state.open[file]?.inode).dropFirst(offset).prefix(min(count, limit)))
    }
  }

  func write(_ file: FileID, _ bytes: ArraySlice<UInt8>, at offset: Int) throws(FileSystemError) -> Int {
    try call(.write) { state, limit in
      let part = bytes.prefix(limit)
      state.disk.change(.write(offset: offset, Array(part)), of: state.open[file]?.inode)
      return part.count
    }
  }

  func truncate(_ file: FileID, to length: Int) throws(FileSystemError) {
    try call(.truncate) { state, _ in state.disk.change(.truncate(length), of: state.open[file]?.inode) }
  }

  func sync(_ file: FileID) throws(FileSystemError) {
    try call(.sync) { state, _ in state.disk.sync(state.open[file]?.inode) }
  }
}
