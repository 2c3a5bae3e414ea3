package import CPISFiles
import Synchronization

/// A disk in memory that knows what would survive a power cut, fails on demand, and shows its state after each call.
///
/// It has one folder that is written to. A file's path is the folder's, a slash and its name.
package final class MemoryFileSystem: FileSystem {
  /// What a call is made to do.
  package enum Fault: Hashable, Sendable {
    /// It fails, and does nothing.
    case fail(FileSystemError.Condition)
    /// A write takes this many bytes only; another call does as usual.
    case short(Int)
    /// A write takes this many bytes and then fails, as a full disk does.
    case partThenFail(Int, FileSystemError.Condition)
    /// It does its work, and says that it failed.
    case failAfterwards(FileSystemError.Condition)
    /// A sync fails, what it should have written is still seen, and no later sync writes it; another call fails.
    case failAndForget
  }

  /// Decides by the number of the call, from 0, and what it is.
  package typealias FaultPlan = @Sendable (_ call: Int, _ operation: FileSystemError.Operation) -> Fault?

  private struct State {
    var disk: Disk
    var files: [FileID: Int] = [:]
    var folders: [FolderID: String] = [:]
    var locks: [Int: FileID] = [:]
    var nextNumber: Int32 = 3
    var calls = 0
    /// How often something was closed that was not open: on a machine's disk, another's file may be hit.
    var strayCloses = 0
    var plan: FaultPlan?
    var capacity = Int.max
    var observer: (@Sendable (Int, Disk) -> Void)?

    mutating func takeNumber() -> Int32 {
      defer { nextNumber += 1 }
      return nextNumber
    }

    func path(_ name: String, in folder: FolderID) -> String { (folders[folder] ?? "") + "/" + name }

    func bytes(_ file: FileID) -> [UInt8] { disk.bytes(files[file]) }

    var usedBytes: Int { Set(disk.names.values).union(files.values).reduce(0) { $0 + disk.bytes($1).count } }
  }

  private let state: Mutex<State>

  package init(_ disk: Disk = Disk(), faults plan: FaultPlan? = nil) {
    state = Mutex(State(disk: disk, plan: plan))
  }

  /// Runs work as often as it makes calls, each time with a fault at another one of them.
  ///
  /// - Returns: how many calls it made.
  package static func everyCall(
    goesWrong fault: Fault, on disk: Disk = Disk(),
    except isSpared: @escaping @Sendable (FileSystemError.Operation) -> Bool = { _ in false },
    _ work: (MemoryFileSystem, _ place: Int) async throws -> Void
  ) async rethrows -> Int {
    var place = 0
    while true {
      let call = place
      let fileSystem = MemoryFileSystem(disk) { number, operation in
        number == call && !isSpared(operation) ? fault : nil
      }
      try await work(fileSystem, place)
      guard place < fileSystem.calls else { return place }
      place += 1
    }
  }

  package var disk: Disk { state.withLock { $0.disk } }
  /// How many calls were made that may fail.
  package var calls: Int { state.withLock { $0.calls } }
  package func plan(_ plan: FaultPlan?) { state.withLock { $0.plan = plan } }
  /// How many bytes its files may have together: what is written beyond does not fit.
  package func limit(to capacity: Int) { state.withLock { $0.capacity = capacity } }
  /// How many bytes the files have together that have a name or are open.
  package var usedBytes: Int { state.withLock { $0.usedBytes } }
  /// Called after every call that may fail, with the number of calls so far.
  package func observe(_ observer: (@Sendable (Int, Disk) -> Void)?) { state.withLock { $0.observer = observer } }
  /// Whether every file and folder that was opened was closed, once.
  package var isAllClosedOnce: Bool {
    state.withLock { $0.files.isEmpty && $0.folders.isEmpty && $0.strayCloses == 0 }
  }

  /// Removes a file by its path, as a person would.
  package func remove(path: String) { state.withLock { $0.disk.change(.remove(path)) } }

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
      if case .failAndForget = fault, operation != .sync {
        return .failure(FileSystemError(operation, .deviceFailed))
      }
      var limit = Int.max
      if case .short(let count) = fault { limit = count }
      if case .partThenFail(let count, _) = fault { limit = count }
      if case .failAndForget = fault { limit = -1 }
      let before = (state.files, state.folders)
      do throws(FileSystemError) {
        let value = try work(&state, limit)
        switch fault {
        case .failAfterwards(let condition), .partThenFail(_, let condition):
          // What says that it failed to open has opened nothing.
          if operation == .open || operation == .openFolder { (state.files, state.folders) = before }
          return .failure(FileSystemError(operation, condition))
        default: return .success(value)
        }
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  package func makeFolder(_ path: String) throws(FileSystemError) -> Bool {
    try call(.makeFolder) { state, _ in
      defer { state.disk.makeFolder(path) }
      return state.disk.folder == nil
    }
  }

  package func removeFolder(_ path: String) throws(FileSystemError) {
    try call(.removeFolder) { state, _ in state.disk.removeFolder() }
  }

  package func openFolder(_ path: String, _ access: FolderAccess) throws(FileSystemError) -> FolderID {
    try call(.openFolder) { state, _ in
      let folder = FolderID(state.takeNumber())
      state.folders[folder] = path
      return folder
    }
  }

  package func close(_ folder: FolderID) {
    state.withLock { if $0.folders.removeValue(forKey: folder) == nil { $0.strayCloses += 1 } }
  }

  package func status(_ folder: FolderID) throws(FileSystemError) -> FileStatus {
    try call(.status) { _, _ in Self.folderStatus }
  }

  package func status(ofPath path: String) throws(FileSystemError) -> FileStatus {
    try call(.status) { _, _ in Self.folderStatus }
  }

  package func absolute(_ path: String) throws(FileSystemError) -> String { path }

  /// There is one folder.
  private static let folderStatus = FileStatus(
    identity: FileStatus.Identity(device: 0, number: 0), size: 0, owner: .thisUser, permissions: 0o700,
    isLinked: true)

  package func list(_ folder: FolderID) throws(FileSystemError) -> [String] {
    try call(.list) { state, _ in
      let prefix = state.path("", in: folder)
      return state.disk.names.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
  }

  package func sync(_ folder: FolderID) throws(FileSystemError) {
    try call(.syncFolder) { state, _ in state.disk.syncFolder(state.folders[folder] ?? "") }
  }

  package func rename(_ name: String, to newName: String, in folder: FolderID) throws(FileSystemError) {
    try call(.rename) { (state, _) throws(FileSystemError) in
      let path = state.path(name, in: folder)
      guard let inode = state.disk.names[path] else { throw FileSystemError(.rename, .notFound) }
      state.disk.change(.rename(path, state.path(newName, in: folder), inode: inode))
    }
  }

  package func remove(_ name: String, in folder: FolderID) throws(FileSystemError) {
    try call(.remove) { (state, _) throws(FileSystemError) in
      let path = state.path(name, in: folder)
      guard state.disk.names[path] != nil else { throw FileSystemError(.remove, .notFound) }
      state.disk.change(.remove(path))
    }
  }

  package func open(_ name: String, in folder: FolderID, _ access: FileAccess) throws(FileSystemError) -> FileID {
    try call(.open) { (state, _) throws(FileSystemError) in
      let path = state.path(name, in: folder)
      if access == .create, state.disk.names[path] != nil { throw FileSystemError(.open, .exists) }
      if state.disk.names[path] == nil {
        guard access == .create || access == .createOrUpdate else { throw FileSystemError(.open, .notFound) }
        state.disk.create(path)
      }
      let file = FileID(state.takeNumber())
      state.files[file] = state.disk.names[path]
      return file
    }
  }

  package func close(_ file: FileID) {
    state.withLock { state in
      guard let inode = state.files.removeValue(forKey: file) else {
        state.strayCloses += 1
        return
      }
      if state.locks[inode] == file { state.locks[inode] = nil }
    }
  }

  package func lock(_ file: FileID) throws(FileSystemError) -> Bool {
    try call(.lock) { state, _ in
      let inode = state.files[file] ?? -1
      guard state.locks[inode] == nil || state.locks[inode] == file else { return false }
      state.locks[inode] = file
      return true
    }
  }

  package func isLocked(_ file: FileID) throws(FileSystemError) -> Bool {
    try call(.lock) { state, _ in
      let holder = state.locks[state.files[file] ?? -1]
      return holder != nil && holder != file
    }
  }

  package func status(_ file: FileID) throws(FileSystemError) -> FileStatus {
    try call(.status) { state, _ in
      let inode = state.files[file] ?? -1
      return Self.status(inode, state.disk, isLinked: state.disk.names.values.contains(inode))
    }
  }

  package func status(of name: String, in folder: FolderID) throws(FileSystemError) -> FileStatus {
    try call(.status) { (state, _) throws(FileSystemError) in
      guard let inode = state.disk.names[state.path(name, in: folder)] else {
        throw FileSystemError(.status, .notFound)
      }
      return Self.status(inode, state.disk, isLinked: true)
    }
  }

  private static func status(_ inode: Int, _ disk: Disk, isLinked: Bool) -> FileStatus {
    FileStatus(
      identity: FileStatus.Identity(device: 0, number: UInt64(inode + 1)), size: disk.bytes(inode).count,
      owner: .thisUser, permissions: 0o600, isLinked: isLinked)
  }

  package func read(_ file: FileID, at offset: Int, count: Int) throws(FileSystemError) -> [UInt8] {
    try call(.read) { state, limit in Array(state.bytes(file).dropFirst(offset).prefix(min(count, limit))) }
  }

  package func map(_ file: FileID, count: Int) throws(FileSystemError) -> MappedBytes {
    try call(.map) { state, _ in
      let base = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
      unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: count)
      for (place, byte) in state.bytes(file).prefix(count).enumerated() {
        unsafe base.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
      }
      return unsafe MappedBytes(base) { base in unsafe base.deallocate() }
    }
  }

  package func write(_ file: FileID, _ bytes: ArraySlice<UInt8>, at offset: Int) throws(FileSystemError) -> Int {
    try call(.write) { (state, limit) throws(FileSystemError) in
      var limit = limit
      if state.capacity < .max {
        let old = max(state.bytes(file).count - offset, 0)
        limit = min(limit, max(old, state.capacity - state.usedBytes + old))
        if limit == 0, !bytes.isEmpty { throw FileSystemError(.write, .diskFull) }
      }
      let part = bytes.prefix(limit)
      state.disk.change(.write(offset: offset, Array(part)), of: state.files[file])
      return part.count
    }
  }

  package func truncate(_ file: FileID, to length: Int) throws(FileSystemError) {
    try call(.truncate) { state, _ in state.disk.change(.truncate(length), of: state.files[file]) }
  }

  package func sync(_ file: FileID) throws(FileSystemError) {
    try call(.sync) { (state, limit) throws(FileSystemError) in
      guard limit >= 0 else {
        state.disk.dropUnsynced(state.files[file])
        throw FileSystemError(.sync, .deviceFailed)
      }
      state.disk.sync(state.files[file])
    }
  }
}
